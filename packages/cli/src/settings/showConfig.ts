import { originText, SETTINGS } from "@clauderon/config";
import type { CommandContext } from "../commandContext.ts";
import { formatTable } from "../output/model/table.ts";
import { readSettings } from "./settings.ts";

export interface ShowConfigRequest {
  readonly origin: boolean;
  readonly json: boolean;
}

/** Prints every setting; one without a value is empty, or absent from the JSON. */
export function showConfig({ origin, json }: ShowConfigRequest, context: CommandContext): void {
  const { values, origins } = readSettings(context.config);
  const settings = SETTINGS.map(({ name, section, key }) => {
    const ofSection: Readonly<Record<string, unknown>> = values[section];
    return { name, value: ofSection[key], origin: originText(origins.get(name) ?? { from: "default" }) };
  });
  if (json) return context.print(JSON.stringify({ items: settings }, null, 2));
  const rows = settings.map(({ name, value, origin: from }) => {
    const text = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
    return [name, text, ...(origin ? [from] : [])];
  });
  context.print(formatTable(["SETTING", "VALUE", ...(origin ? ["ORIGIN"] : [])], rows));
}
