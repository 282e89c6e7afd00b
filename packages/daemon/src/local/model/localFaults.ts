import { Fault } from "@clauderon/base";

/** The runner may be there all the same, and its socket gone. */
export const unreachable = (session: string) =>
  new Fault(
    "AGENT_UNAVAILABLE",
    `The runner of session "${session}" cannot be reached: nothing listens on its socket`,
    { hint: `If it stays so, start it again: clauderon recreate ${session}` },
  );

/** The runner has ended before it listened. One that was killed, as for memory, is started again; another would end again. */
export function endedAtStart(session: string, exit: string | undefined, said: string): Fault {
  const message = `The runner of session "${session}" ended with ${exit ?? "no exit code"}`;
  if (exit?.startsWith("SIG") !== true) return new Fault("AGENT_UNAVAILABLE", `${message}: ${said}`);
  return new Fault("SESSION_NOT_RUNNING", `${message} while it started`, {
    hint: "The daemon starts it again. Find out what kills it, for example with dmesg",
  });
}

/** Nothing on this machine is ever out of reach. */
export const notAnOrphan = (session: string) =>
  new Fault("USAGE", `Session "${session}" is on this machine, where everything of it can be deleted`, {
    hint: `Leave out --orphan: clauderon delete ${session}`,
  });
