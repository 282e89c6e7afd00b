import type { CliConfig } from "./config.ts";

/** Commands whose arguments are no sessions: their TAB need not ask. */
const OTHERS: ReadonlySet<string> = new Set([
  "create",
  "run",
  "daemon",
  "config",
  "credentials",
  "completion",
  "doctor",
]);

/** A person who presses TAB waits no longer than this. */
const PATIENCE_MS = 500;

/** Names of the sessions, for TAB; none when no daemon runs or it is slow: nothing is started for this. */
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
