import { join, resolve } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { homeOf } from "@clauderon/process/user";

/** Environment variables by name; those that are unset are absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line takes from the environment and the current folder. Paths are absolute. */
export interface CliConfig {
  /** Holds everything that outlives a command: `$CLAUDERON_HOME`, by default `~/.clauderon`. */
  readonly home: string;
  readonly userHome: string;
  /** Whether a bug shows its stack: `CLAUDERON_DEBUG` is set, and is neither empty nor `0`. */
  readonly debug: boolean;
  readonly environment: Environment;
  readonly workingDirectory: string;
}

/** Reads the configuration of a command from its environment. */
export function readConfig(environment: Environment = process.env, workingDirectory = currentFolder()): CliConfig {
  const { CLAUDERON_HOME, CLAUDERON_DEBUG } = environment;
  const userHome = resolve(workingDirectory, homeOf(environment));
  return Object.freeze({
    home: isSet(CLAUDERON_HOME) ? resolve(workingDirectory, CLAUDERON_HOME) : join(userHome, ".clauderon"),
    userHome,
    debug: isSet(CLAUDERON_DEBUG) && CLAUDERON_DEBUG !== "0",
    environment,
    workingDirectory,
  });
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", "The current folder no longer exists", {
      cause,
      hint: "Change to another folder",
    });
  }
}
