import { Fault } from "@clauderon/base/fault";
import type { ConfigFlag, ResolvedConfig } from "@clauderon/config";
import { type CreateSession, createSessionSchema, variablesProblem } from "@clauderon/protocol";

/** Flags of `clauderon create` as the user typed them. */
export interface CreateFlags {
  readonly name?: string;
  readonly backend?: string;
  readonly agent?: string;
  readonly model?: string;
  readonly permissionMode?: string;
  readonly accessMode?: string;
  readonly image?: string;
  readonly pullPolicy?: string;
  readonly cpuLimit?: string;
  readonly memoryLimit?: string;
  readonly base?: string;
  /** False after `--no-worktree`. */
  readonly worktree?: boolean;
  readonly sandbox?: boolean;
  /** Each as `NAME=VALUE`. */
  readonly env?: readonly string[];
  readonly egress?: string;
  readonly allow?: readonly string[];
  readonly preset?: readonly string[];
  readonly credential?: readonly string[];
}

/** The setting that each flag stands for, by the flag's name in CreateFlags. */
const SETTING_OF = {
  backend: "session.backend",
  agent: "session.agent",
  model: "session.model",
  permissionMode: "session.permission_mode",
  accessMode: "session.access_mode",
  image: "kubernetes.image",
  pullPolicy: "kubernetes.pull_policy",
  cpuLimit: "kubernetes.cpu_limit",
  memoryLimit: "kubernetes.memory_limit",
  sandbox: "local.sandbox",
} as const satisfies Partial<Record<keyof CreateFlags, string>>;

type SettingFlag = keyof typeof SETTING_OF;

/** The flag as users type it: `--memory-limit`. */
const flagName = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The flags in the form that the configuration takes, so that they override environment and file. */
export function settingFlags(flags: CreateFlags): Readonly<Record<string, ConfigFlag | undefined>> {
  const given = Object.entries(SETTING_OF).flatMap(([name, setting]) => {
    const value = flags[name as SettingFlag];
    return value === undefined ? [] : [[setting, { flag: flagName(name), value }] as const];
  });
  return Object.fromEntries(given);
}

/** Flags and settings that only one backend has. */
const KUBERNETES_ONLY = ["image", "pullPolicy", "cpuLimit", "memoryLimit"] as const satisfies readonly SettingFlag[];
const LOCAL_ONLY = ["sandbox"] as const satisfies readonly SettingFlag[];

export interface CreateInput {
  readonly flags: CreateFlags;
  readonly repository: string;
  readonly prompt: string | undefined;
  /** Replaces the agent's own program. */
  readonly command: string | undefined;
  readonly config: ResolvedConfig;
}

/**
 * The request to the daemon: it includes all that flags, environment and file say, so that the daemon's own settings
 * cannot change it. USAGE names the invalid flag.
 */
export function createRequest({ flags, repository, prompt, command, config }: CreateInput): CreateSession {
  const { backend } = config.values.session;
  const wanted: Readonly<Record<string, unknown>> = {
    name: flags.name,
    repository,
    prompt,
    base: flags.base,
    command: command === undefined ? undefined : [command],
    worktree: flags.worktree,
    environment: variables(config.values.session.environment, flags.env),
    egress: egressOf(flags, config),
    ...saidSettings(config, strangersTo(backend)),
  };
  const known = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const parsed = createSessionSchema.safeParse(known);
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error.issues[0], known);
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function invalidRequest({ path, message }: Issue = { path: [], message: "is invalid" }, known: Known): Fault {
  const [name = "", part = ""] = path.map(String);
  if (name === "egress") return usage(`${EGRESS_FLAG_OF.get(part) ?? "--egress"} ${message}`);
  return usage(`${flagName(name)} ${JSON.stringify(known[name])?.slice(0, 100)} ${message}`);
}

type Known = Readonly<Record<string, unknown>>;

/** The flag for each part of the boundary. */
const EGRESS_FLAG_OF: ReadonlyMap<string, string> = new Map([
  ["allow", "--allow"],
  ["presets", "--preset"],
  ["credentials", "--credential"],
]);

/** In place of a preset: without those of the repository's languages. */
const NO_PRESETS = "none";

/** The boundary that flags and settings ask for; undefined leaves it to the daemon. What the settings list is added to. */
function egressOf(flags: CreateFlags, { values: { proxy, credentials } }: ResolvedConfig) {
  const added = { allow: flags.allow ?? [], preset: flags.preset ?? [], credential: flags.credential ?? [] };
  const isWanted = Object.values(added).some((list) => list.length > 0);
  const mode = flags.egress ?? proxy.egress ?? (isWanted ? "enforce" : undefined);
  if (mode === undefined) return undefined;
  if (mode !== "open") {
    const named = [...proxy.presets, ...added.preset];
    const presets = [...new Set(named)].filter((name) => name !== NO_PRESETS);
    return {
      mode: `${mode.charAt(0).toUpperCase()}${mode.slice(1)}`,
      allow: [...new Set([...proxy.allow, ...added.allow])],
      presets,
      credentials: [...new Set([...credentials.grant, ...added.credential])],
      detect: !named.includes(NO_PRESETS),
    };
  }
  const [flag] = Object.entries(added).find(([, list]) => list.length > 0) ?? [];
  if (flag !== undefined)
    throw usage(`--${flag} is about a boundary, and the session has none`, "Add --sandbox --egress enforce");
  return { mode: "Open" };
}

/** The variables of the file, overridden by the flags; undefined when there are none. */
function variables(ofFile: Readonly<Record<string, string>>, flags: readonly string[] = []) {
  const given = flags.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw usage(`--env ${JSON.stringify(text.slice(0, 100))} is not NAME=VALUE`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  const all = { ...ofFile, ...Object.fromEntries(given) };
  const problem = variablesProblem(all);
  if (problem !== undefined) throw usage(`--env ${problem.message}`, problem.hint);
  return Object.keys(all).length === 0 ? undefined : all;
}

/**
 * The settings that a flag, the environment or the file gives; the daemon has the defaults. A flag always goes to the
 * daemon, which refuses one that the backend does not have. A setting of the other backend in the file is not an error.
 */
function saidSettings({ values, origins }: ResolvedConfig, strangers: readonly SettingFlag[]): object {
  const said = Object.entries(SETTING_OF).flatMap(([name, setting]) => {
    const from = origins.get(setting)?.from;
    const isSaid = from === "flag" || (from !== "default" && !strangers.includes(name as SettingFlag));
    const [section = "", key = ""] = setting.split(".");
    const ofSection = values[section as keyof typeof values] as Readonly<Record<string, unknown>>;
    return isSaid ? [[name, ofSection[key]] as const] : [];
  });
  return Object.fromEntries(said);
}

/** The settings that only the other backend has. */
const strangersTo = (backend: "local" | "kubernetes"): readonly SettingFlag[] =>
  backend === "local" ? KUBERNETES_ONLY : LOCAL_ONLY;

const usage = (message: string, hint = "Run `clauderon create --help` to see every option") =>
  new Fault("USAGE", message, { hint });
