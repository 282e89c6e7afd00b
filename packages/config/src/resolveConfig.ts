import { checkValue, configFault, faultAt } from "./configProblem.ts";
import type { ConfigOrigin } from "./configOrigin.ts";
import { type Config } from "./configSchema.ts";
import { type ConfigFile, type FileValue, parseConfigFile } from "./parseConfigFile.ts";
import { SETTINGS, type Setting } from "./settings.ts";
import { suggest } from "./suggest.ts";

/** The value that a flag of the command line gives a setting; true for a flag without a value. */
export interface ConfigFlag {
  /** The flag as users type it: `--enable-kubernetes-backend`. */
  readonly flag: string;
  readonly value: string | boolean | readonly string[];
}

export interface ConfigSources {
  /** By name of the setting: `features.kubernetes_backend`. */
  readonly flags?: Readonly<Record<string, ConfigFlag | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Undefined when there is no file. */
  readonly file: ConfigFile | undefined;
}

export interface ResolvedConfig {
  readonly values: Readonly<{ [Name in keyof Config]: Readonly<Config[Name]> }>;
  /** By name of the setting. */
  readonly origins: ReadonlyMap<string, ConfigOrigin>;
}

/**
 * Every setting with its origin: a flag overrides the environment, which overrides the file, which overrides the
 * default. An unknown or invalid one is a Fault CONFIG_INVALID, or USAGE in a flag: nothing is silently ignored.
 */
export function resolveConfig({ flags = {}, environment, file }: ConfigSources): ResolvedConfig {
  refuseUnknownVariables(environment);
  const fileValues = file === undefined ? new Map<string, FileValue>() : parseConfigFile(file);
  const sections: Record<string, Record<string, unknown>> = {};
  const origins = new Map<string, ConfigOrigin>();
  for (const setting of SETTINGS) {
    const found =
      fromFlag(setting, flags) ?? fromEnvironment(setting, environment) ?? fromFile(setting, fileValues, file);
    const { value, origin } = found ?? { value: setting.fallback, origin: { from: "default" } as const };
    const section = (sections[setting.section] ??= {});
    if (value !== undefined) section[setting.key] = Object.freeze(value);
    origins.set(setting.name, origin);
  }
  Object.values(sections).forEach(Object.freeze);
  return Object.freeze({ values: Object.freeze(sections) as unknown as ResolvedConfig["values"], origins });
}

interface Found {
  readonly value: unknown;
  readonly origin: ConfigOrigin;
}

function fromFlag(setting: Setting, flags: Readonly<Record<string, ConfigFlag | undefined>>): Found | undefined {
  const given = flags[setting.name];
  if (given === undefined) return undefined;
  const origin = { from: "flag", flag: given.flag } as const;
  const value = typeof given.value === "string" ? read(setting, given.value, origin) : given.value;
  return { value: checkValue(setting, value, origin), origin };
}

function fromEnvironment(setting: Setting, environment: ConfigSources["environment"]): Found | undefined {
  const variable = setting.variables.find((name) => (environment[name] ?? "") !== "");
  if (variable === undefined) return undefined;
  const origin = { from: "environment", variable } as const;
  return { value: checkValue(setting, read(setting, environment[variable] ?? "", origin), origin), origin };
}

function fromFile(setting: Setting, values: ReadonlyMap<string, FileValue>, file?: ConfigFile): Found | undefined {
  const found = values.get(setting.name);
  if (found === undefined || file === undefined) return undefined;
  return { value: found.value, origin: { from: "file", path: file.path, line: found.line } };
}

/** Origins in which every value is text. */
type TextOrigin = Extract<ConfigOrigin, { from: "flag" | "environment" }>;

const TRUE = ["1", "true", "yes", "on"];
const FALSE = ["0", "false", "no", "off"];

/** The value that a text stands for. */
function read(setting: Setting, text: string, origin: TextOrigin): unknown {
  if (setting.form === "integer") return /^\d{1,9}$/.test(text) ? Number(text) : text;
  if (setting.form === "list")
    return text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean);
  if (setting.form === "text") return text;
  const word = text.trim().toLowerCase();
  if (TRUE.includes(word)) return true;
  if (FALSE.includes(word)) return false;
  const name = origin.from === "flag" ? origin.flag : origin.variable;
  throw faultAt(
    origin,
    `${name} must be one of ${TRUE.join(", ")} or ${FALSE.join(", ")}, not ${JSON.stringify(text)}`,
    `${setting.name}: ${setting.description}`,
  );
}

const VARIABLES = SETTINGS.flatMap(({ variables }) => variables);

/** Prefixes of variables that belong to us, so that an unknown one is a mistake. */
const PREFIXES = new Set(VARIABLES.map((name) => name.split("_").slice(0, 2).join("_")));

/** The proxy is a program of its own, with variables of its own. */
const OF_THE_PROXY = /^CLAUDERON_PROXY_/;

function refuseUnknownVariables(environment: ConfigSources["environment"]): void {
  for (const name of Object.keys(environment)) {
    if (OF_THE_PROXY.test(name)) continue;
    const isOurs = PREFIXES.has(name.split("_").slice(0, 2).join("_")) && name.split("_").length > 2;
    if (!isOurs || VARIABLES.includes(name) || environment[name] === undefined) continue;
    const near = suggest(name, VARIABLES);
    throw configFault(`Unknown variable ${name}`, near === undefined ? "Unset it" : `Did you mean ${near}?`);
  }
}
