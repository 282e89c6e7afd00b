import { Fault } from "@clauderon/base";
import type { ConfigOrigin } from "./configOrigin.ts";
import type { Setting } from "./settings.ts";

const MUST_BE = {
  boolean: "must be true or false",
  integer: "must be a whole number",
  list: "must be a list of texts",
  table: 'must be a table of NAME = "value"',
  text: "must be a text in quotes",
} as const;

/** The checked value of a setting; a Fault says where the value is and what is wrong with it. */
export function checkValue(setting: Setting, value: unknown, origin: ConfigOrigin): unknown {
  const parsed = setting.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [item] = issue?.path ?? [];
  const place = typeof item === "number" ? ` item ${item + 1}` : item === undefined ? "" : ` ${String(item)}`;
  const message = `${nameAt(setting, origin)}${place} ${problemOf(setting, value, issue)}`;
  const hint = issue?.code === "custom" ? (issue.params?.["hint"] as string | undefined) : undefined;
  throw faultAt(origin, message, hint);
}

/** The Fault for a wrong value by its origin: on the command line it is USAGE, elsewhere CONFIG_INVALID. */
export function faultAt(origin: ConfigOrigin, message: string, hint?: string): Fault {
  if (origin.from !== "flag") return configFault(message, hint);
  return new Fault("USAGE", message, { hint: hint ?? "--help explains every option" });
}

/** The Fault for everything that is wrong in a configuration file or a variable. */
export function configFault(message: string, hint = "docs/configuration.md lists every setting"): Fault {
  return new Fault("CONFIG_INVALID", message, { hint });
}

/** The setting as the user wrote it, and where. */
function nameAt(setting: Setting, origin: ConfigOrigin): string {
  if (origin.from === "file") return `${origin.path}:${origin.line}: ${setting.name}`;
  return origin.from === "environment" ? origin.variable : origin.from === "flag" ? origin.flag : setting.name;
}

interface Issue {
  readonly code?: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

function problemOf(setting: Setting, value: unknown, issue: Issue | undefined): string {
  if (setting.choices.length > 0) return `must be one of ${setting.choices.join(", ")}, not ${JSON.stringify(value)}`;
  if (issue?.code === "invalid_type") {
    const isOfTable = setting.form === "table" && issue.path.length > 0;
    return isOfTable ? MUST_BE.text : MUST_BE[setting.form];
  }
  if (setting.name === "daemon.http_port") return "must be a port from 1 to 65535";
  return issue?.message ?? "is not valid";
}
