import { Fault } from "@clauderon/base";

/** The runner may exist although its socket is gone. */
export const unreachable = (session: string) =>
  new Fault(
    "AGENT_UNAVAILABLE",
    `The runner of session "${session}" cannot be reached: nothing listens on its socket`,
    { hint: `If it stays so, start it again: clauderon recreate ${session}` },
  );

/**
 * The runner ended before it listened. If it was killed, for example because memory ran out, it is started again.
 * Otherwise it would end again.
 */
export function endedAtStart(session: string, exit: string | undefined, said: string): Fault {
  const message = `The runner of session "${session}" ended with ${exit ?? "no exit code"}`;
  if (exit?.startsWith("SIG") !== true) return new Fault("AGENT_UNAVAILABLE", `${message}: ${said}`);
  return new Fault("SESSION_NOT_RUNNING", `${message} while it started`, {
    hint: "The daemon starts it again. Find out what kills it, for example with dmesg",
  });
}

/** Sessions on this machine are never out of reach. */
export const notAnOrphan = (session: string) =>
  new Fault("USAGE", `Session "${session}" is on this machine, where everything of it can be deleted`, {
    hint: `Leave out --orphan: clauderon delete ${session}`,
  });
