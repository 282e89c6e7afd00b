import type { CliConfig } from "./config.ts";

/** Commands that take no session as an argument: completion need not ask the daemon. */
const OTHERS: ReadonlySet<string> = new Set([
  "create",
  "run",
  "daemon",
  "config",
  "credentials",
  "completion",
  "doctor",
]);

/** The longest that a person who presses TAB waits. */
const PATIENCE_MS = 500;

/** Names of the sessions for completion; empty if no daemon is running or it is slow. Does not start a daemon. */
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
