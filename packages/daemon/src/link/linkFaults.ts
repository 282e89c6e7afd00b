import { Fault } from "@clauderon/base";
import { MESSAGES_VERSION, OLDEST_MESSAGES_VERSION, type Refusal } from "@clauderon/protocol";

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

/** The Fault for a runner whose version does not have such a message. */
export const outdated = (session: string, message?: string) =>
  new Fault(
    "FEATURE_DISABLED",
    `The runner of session "${session}" is older than the daemon and does not know ${message === undefined ? "one of its messages" : `the message "${message}"`}`,
    { hint: `Start a current one: clauderon recreate ${session}` },
  );

/**
 * The reason with which an old runner ends the connection after a message that it does not know. Newer runners refuse
 * only the message.
 */
export const isOfOldRunner = ({ message }: Refusal): boolean => message.includes("Not a control message: type");

export const foreignVersion = (session: string, version: number) =>
  new Fault(
    "AGENT_UNAVAILABLE",
    `The runner of session "${session}" speaks version ${version}, which this daemon does not`,
    {
      hint: `This daemon speaks versions ${OLDEST_MESSAGES_VERSION} to ${MESSAGES_VERSION}. Upgrade clauderon, or recreate the session`,
    },
  );
