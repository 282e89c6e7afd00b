import { homedir, tmpdir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { parseArgs } from "node:util";
import { Fault, messageOf } from "@clauderon/base";

/** Environment variables as the process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What flags, environment and files say; read once. Paths are absolute. */
export interface DaemonConfig {
  /** CLAUDERON_HOME. */
  readonly home: string;
  readonly uid: number;
  /** For sockets whose path would be too long in `home`. */
  readonly tmpdir: string;
  readonly env: Env;
}

export const USAGE = `Usage: clauderon-daemon [options]

Keeps the sessions of this user: the registry, the runners' links, and the API on a socket in CLAUDERON_HOME.

  --help   print this text and exit
`;

/** CONFIG_INVALID names the flag or variable that is wrong. */
export function parseDaemonConfig(args: readonly string[], env: Env): DaemonConfig | "help" {
  const flags = parseFlags(args);
  if (flags.help === true) return "help";
  const home = env["CLAUDERON_HOME"] || join(env["HOME"] || homedir(), ".clauderon");
  if (!isAbsolute(home)) throw new Fault("CONFIG_INVALID", `CLAUDERON_HOME must be an absolute path, got "${home}"`);
  return Object.freeze({ home: home.replace(/(?<=.)\/+$/, ""), uid: userInfo().uid, tmpdir: tmpdir(), env });
}

function parseFlags(args: readonly string[]): { readonly help?: boolean } {
  try {
    return parseArgs({ args: [...args], options: { help: { type: "boolean" } }, strict: true }).values;
  } catch (cause) {
    throw new Fault("USAGE", messageOf(cause), { cause, hint: "See clauderon-daemon --help" });
  }
}
