import { Fault } from "@clauderon/base/fault";
import type { Session } from "@clauderon/protocol";
import { waitForSession, type SessionWait } from "./followSession.ts";
import { isInTrouble, isUnheard, isWithoutAgent } from "./model/sessionTrouble.ts";
import { sessionFault } from "./model/sessionFault.ts";

type Wait = Omit<SessionWait, "until" | "untilLasting" | "trouble">;

/** Phases that a session does not leave without a command. */
const ENDS: ReadonlySet<Session["status"]["phase"]> = new Set(["Failed", "Missing", "Archived", "Deleting"]);

/** Waits until a session runs, for as long as that takes; a Fault says why it does not. */
export function waitUntilRunning(name: string, wait: Wait): Promise<Session> {
  return waitForSession(name, { ...wait, until: isRunning });
}

/** Waits until the agent of a session was started; a Fault says why it could not be, or what has been in the way for a while. */
export function waitUntilAgentStarts(name: string, wait: Wait): Promise<Session> {
  return waitForSession(name, { ...wait, until: hasAgent, trouble });
}

/** The same, and the agent has reported something or has not ended for a while. */
export function waitUntilAgentRuns(name: string, wait: Wait): Promise<Session> {
  return waitForSession(name, {
    ...wait,
    until: (session) => hasAgent(session) && !isUnheard(session),
    // Some agents report nothing before their first prompt.
    untilLasting: (session) => session.status.phase === "Running" && session.status.reason !== "AgentRestarting",
    trouble,
  });
}

function hasAgent(session: Session): boolean {
  if (isWithoutAgent(session)) throw sessionFault(session);
  return isRunning(session);
}

function isRunning(session: Session): boolean {
  if (ENDS.has(session.status.phase)) throw sessionFault(session);
  return session.status.phase === "Running";
}

/** For `SessionWait.trouble`: what the daemon keeps trying, although nobody waits for it any more. */
export function trouble(session: Session): Fault | undefined {
  if (!isInTrouble(session)) return undefined;
  const { code, message, hint } = sessionFault(session);
  const advice = hint === undefined ? [] : [hint];
  return new Fault(code, message, {
    hint: [...advice, `The daemon keeps trying: run \`clauderon show ${session.name}\` to see its state`].join(". "),
  });
}
