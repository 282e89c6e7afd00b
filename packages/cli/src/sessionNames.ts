import type { CliConfig } from "./config.ts";

/** Commands that take no session as an argument: completion does not ask the daemon for them. */
const OTHERS: ReadonlySet<string> = new Set([
  "create",
  "run",
  "daemon",
  "config",
  "credentials",
  "completion",
  "doctor",
]);

/** How long a user who presses TAB waits at most. */
const PATIENCE_MS = 500;

/**
 * Names of the sessions for completion; empty when no daemon is running or when it is slow. Does not start a daemon.
 */
export async function sessionNames(words: readonly string[], config: CliConfig): Promise<readonly string[]> {
  const [, , command = ""] = words; // complete -- COMMAND …
  if (words.length < 4 || OTHERS.has(command)) return [];
  const { findSessions } = await import("./daemon/connectDaemon.ts");
  try {
    return (await findSessions(config, AbortSignal.timeout(PATIENCE_MS))).map(({ name }) => name);
  } catch {
    return [];
  }
}
