import { SETTINGS } from "@clauderon/config";
import { inheritedVariables } from "@clauderon/protocol";
import { TOOLCHAIN_VARIABLES } from "@clauderon/sandbox/toolchains";
import { absolutePath } from "./absolutePath.ts";

/** Lists of paths, which a service would read from another folder. */
const PATHS: readonly string[] = [
  "KUBECONFIG",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
];

const ALSO: readonly string[] = [...PATHS, ...TOOLCHAIN_VARIABLES, ...SETTINGS.flatMap(({ variables }) => variables)];

const CREDENTIAL = /^(ANTHROPIC|CLAUDE_CODE|CODEX|OPENAI|GEMINI|GOOGLE)_(\w+_)?(KEY|TOKEN)$/;

type Environment = Readonly<Record<string, string | undefined>>;

interface CallerShell {
  readonly environment: Environment;
  /** CLAUDERON_HOME. */
  readonly home: string;
  readonly workingDirectory: string;
}

/**
 * The part of the installing environment that the service gets: everything that configures a daemon, and no credential.
 */
export function serviceEnvironment({
  environment,
  home,
  workingDirectory,
}: CallerShell): Readonly<Record<string, string>> {
  const absolute = (path: string) => absolutePath(path, workingDirectory);
  const kept = Object.entries(inheritedVariables(environment, ALSO)).flatMap(([name, value]) =>
    value === "" ? [] : [[name, PATHS.includes(name) ? value.split(":").map(absolute).join(":") : value]],
  );
  return { ...(Object.fromEntries(kept) as Record<string, string>), CLAUDERON_HOME: home };
}

/**
 * Variables with agent credentials, by name: a daemon takes them from its environment, a service does not have them.
 */
export function credentialsLeftOut(environment: Environment): readonly string[] {
  return Object.keys(environment).filter((name) => CREDENTIAL.test(name) && environment[name] !== "");
}
