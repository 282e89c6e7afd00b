import { Fault } from "@clauderon/base";
import { MESSAGES_VERSION, OLDEST_MESSAGES_VERSION } from "@clauderon/protocol";

export const lost = (session: string) =>
  new Fault("SESSION_NOT_RUNNING", `The connection to session "${session}" was lost`, {
    hint: "The daemon reconnects by itself. Try again in a moment",
  });

/** The runner stands still, or has not done `what` in time. */
export const unanswered = (session: string, what?: string) =>
  new Fault(
    "SESSION_NOT_RUNNING",
    `The runner of session "${session}" does not answer${what === undefined ? "" : ` ${what}`}`,
    { hint: `Try again later, or start the runner again: clauderon recreate ${session}` },
  );

export const foreignVersion = (session: string, version: number) =>
  new Fault(
    "AGENT_UNAVAILABLE",
    `The runner of session "${session}" speaks version ${version}, which this daemon does not`,
    {
      hint: `This daemon speaks versions ${OLDEST_MESSAGES_VERSION} to ${MESSAGES_VERSION}. Upgrade clauderon, or recreate the session`,
    },
  );
