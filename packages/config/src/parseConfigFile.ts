import { messageOf } from "@clauderon/base";
import { parse, TomlError } from "smol-toml";
import { checkValue, configFault } from "./configProblem.ts";
import { keyLines } from "./keyLines.ts";
import { SECTIONS, SETTINGS, type Setting } from "./settings.ts";
import { suggest } from "./suggest.ts";

/** The text of a configuration file. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** A checked value of a file, and its line. */
export interface FileValue {
  readonly value: unknown;
  readonly line: number;
}

/** The settings of a file by name; CONFIG_INVALID names the line of an unknown or invalid one. */
export function parseConfigFile({ path, text }: ConfigFile): ReadonlyMap<string, FileValue> {
  const tables = parseToml(path, text);
  const lines = keyLines(text);
  const lineOf = (name: string) => lines.get(name) ?? lines.get(name.split(".")[0] ?? "") ?? 1;
  const values = new Map<string, FileValue>();
  for (const [section, table] of Object.entries(tables)) {
    const at = (name: string) => `${path}:${lineOf(name)}`;
    if (!SECTIONS.some((known) => known === section)) throw unknownSection(at(section), section, table);
    if (!isTable(table)) throw configFault(`${at(section)}: ${section} must be a section: [${section}]`);
    for (const [key, value] of Object.entries(table)) {
      const name = `${section}.${key}`;
      const setting = SETTINGS.find((known) => known.name === name);
      if (setting === undefined) throw unknownKey(at(name), section, key);
      const line = lineOf(name);
      values.set(name, { value: checkValue(setting, value, { from: "file", path, line }), line });
    }
  }
  return values;
}

function parseToml(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw configFault(`${path} is not TOML: ${messageOf(thrown)}`);
    const [what = ""] = thrown.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw configFault(`${path}:${thrown.line}: Not valid TOML: ${what}`, "https://toml.io shows how TOML is written");
  }
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function unknownSection(at: string, section: string, table: unknown): Error {
  const what = isTable(table) ? `section [${section}]` : `key ${JSON.stringify(section)}`;
  const home = isTable(table) ? undefined : homeOf(section);
  if (home !== undefined) return configFault(`${at}: Unknown ${what}`, `${home.key} belongs to [${home.section}]`);
  const near = suggest(section, SECTIONS);
  return configFault(
    `${at}: Unknown ${what}`,
    near === undefined ? `There are ${SECTIONS.map((name) => `[${name}]`).join(", ")}` : `Did you mean [${near}]?`,
  );
}

function unknownKey(at: string, section: string, key: string): Error {
  const message = `${at}: Unknown key ${JSON.stringify(key)} in [${section}]`;
  const own = SETTINGS.filter((setting) => setting.section === section).map((setting) => setting.key);
  const near = suggest(key, own);
  if (near !== undefined) return configFault(message, `Did you mean ${near}?`);
  const home = homeOf(key);
  return configFault(message, home ? `${home.key} belongs to [${home.section}]` : `[${section}] has ${own.join(", ")}`);
}

/** The setting with that key in another section. */
function homeOf(key: string): Setting | undefined {
  const near = suggest(
    key,
    SETTINGS.map((setting) => setting.key),
  );
  return SETTINGS.find((setting) => setting.key === near);
}
