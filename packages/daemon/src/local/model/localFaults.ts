import { Fault } from "@clauderon/base";

/** The runner may be there all the same, and its socket gone. */
export const unreachable = (session: string) =>
  new Fault(
    "AGENT_UNAVAILABLE",
    `The runner of session "${session}" cannot be reached: nothing listens on its socket`,
    { hint: `If it stays so, start it again: clauderon recreate ${session}` },
  );

/** Nothing on this machine is ever out of reach. */
export const notAnOrphan = (session: string) =>
  new Fault("USAGE", `Session "${session}" is on this machine, where everything of it can be deleted`, {
    hint: `Leave out --orphan: clauderon delete ${session}`,
  });
