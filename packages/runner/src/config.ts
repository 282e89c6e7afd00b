import { Fault, Secret } from "@clauderon/base";
import { AGENT_CONFIG_FILE, RUN_ENV } from "@clauderon/protocol";
import { type PodProxy, proxyOfPod } from "./boundary/awaitGrant.ts";
import { inheritedEnvironment } from "./run/model/environment.ts";

/** The configuration of one run from the environment, read once. Durations are milliseconds, paths absolute. */
export interface RunnerConfig {
  /** Name of the adapter. */
  readonly agent: string;
  /** Program to run instead of the adapter's own. */
  readonly agentCommand: string | undefined;
  readonly configFile: string;
  readonly workspace: string;
  readonly persistPath: string | undefined;
  readonly gitTokens: string | undefined;
  readonly gitHost: string;
  readonly authEnvVar: string | undefined;
  /** Variables that are declared to hold secrets. */
  readonly secretVariables: readonly string[];
  readonly timeoutMs: number | undefined;
  /** `isOurs` is false for the kubelet's default file, which is written only if it exists. */
  readonly terminationLog: { readonly path: string; readonly isOurs: boolean };
  readonly home: string;
  /** How long the agent may linger after its result, and after SIGTERM. */
  readonly resultGraceMs: number;
  readonly killGraceMs: number;
  /** The variables that the agent inherits. */
  readonly environment: Readonly<Record<string, string>>;
  readonly proxy: PodProxy | undefined;
  /** All variables of the pod, for the runner itself. */
  readonly podEnvironment: Readonly<Record<string, string | undefined>>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the variables of RUN_ENV and our own. CONFIG_INVALID names the wrong one. */
export function parseRunnerConfig(env: Env): RunnerConfig {
  const home = absolute(env, "HOME") ?? "/home/agent";
  const terminationLog = absolute(env, RUN_ENV.terminationLog);
  return Object.freeze({
    agent: text(env, "CLAUDERON_AGENT") ?? "claude-code",
    agentCommand: text(env, "CLAUDERON_AGENT_COMMAND"),
    configFile: `${absolute(env, RUN_ENV.configPath) ?? "/etc/claude-code-job"}/${AGENT_CONFIG_FILE}`,
    workspace: absolute(env, RUN_ENV.workspace) ?? "/workspace",
    persistPath: absolute(env, RUN_ENV.persistPath),
    gitTokens: absolute(env, RUN_ENV.gitTokens),
    gitHost: httpUrl(env, RUN_ENV.gitHost) ?? "https://github.com",
    authEnvVar: text(env, RUN_ENV.authEnvVar),
    secretVariables: (text(env, RUN_ENV.secretVariables) ?? "").split(",").filter((name) => name !== ""),
    timeoutMs: seconds(env, RUN_ENV.timeoutSeconds),
    terminationLog: { path: terminationLog ?? "/dev/termination-log", isOurs: terminationLog !== undefined },
    home,
    resultGraceMs: seconds(env, "CLAUDERON_RESULT_GRACE_SECONDS") ?? 10_000,
    killGraceMs: seconds(env, "CLAUDERON_KILL_GRACE_SECONDS") ?? 10_000,
    environment: Object.freeze({ ...inheritedEnvironment(env), HOME: home }),
    proxy: proxyOfPod(env),
    podEnvironment: env,
  });
}

/** The values of these variables, as secrets. Omits those that are not set. */
export function secretsOf(config: RunnerConfig, names: readonly string[]): readonly Secret[] {
  const values = names.map((name) => config.environment[name] ?? "");
  return values.filter((value) => value !== "").map((value) => new Secret(value));
}

function text(env: Env, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : value;
}

function absolute(env: Env, name: string): string | undefined {
  const value = text(env, name);
  if (value === undefined || value.startsWith("/")) return value?.replace(/(?<=.)\/+$/, "");
  throw new Fault("CONFIG_INVALID", `${name} must be an absolute path, got "${value}"`);
}

function httpUrl(env: Env, name: string): string | undefined {
  const value = text(env, name)?.replace(/\/+$/, "");
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (isPlain && url.search === "" && url.hash === "") return value;
  throw new Fault("CONFIG_INVALID", `${name} must be an http or https URL without credentials and query`);
}

function seconds(env: Env, name: string): number | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number * 1_000;
  throw new Fault("CONFIG_INVALID", `${name} must be a number of seconds above 0, got "${value}"`);
}
