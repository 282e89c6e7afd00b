import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Environment variables by name; those that are unset are absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line takes from where it was started. */
export interface CliConfig {
  /** Everything of ours that outlives a command: `$CLAUDERON_HOME`, else `~/.clauderon`. Absolute. */
  readonly home: string;
  readonly environment: Environment;
  readonly workingDirectory: string;
}

/** Reads the configuration of a command from its environment. */
export function readConfig(environment: Environment = process.env, workingDirectory = process.cwd()): CliConfig {
  const home = environment["CLAUDERON_HOME"];
  return Object.freeze({
    home: home === undefined || home === "" ? join(homedir(), ".clauderon") : resolve(workingDirectory, home),
    environment,
    workingDirectory,
  });
}
