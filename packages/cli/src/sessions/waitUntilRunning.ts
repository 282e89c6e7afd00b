import type { Session } from "@clauderon/protocol";
import { waitForSession, type SessionWait } from "./followSession.ts";
import { sessionFault } from "./model/sessionFault.ts";

/** Phases that a session does not leave without a command. */
const ENDS: ReadonlySet<Session["status"]["phase"]> = new Set(["Failed", "Missing", "Archived", "Deleting"]);

/** Waits until a session runs; a Fault says why it does not. */
export function waitUntilRunning(name: string, wait: Omit<SessionWait, "until">): Promise<Session> {
  return waitForSession(name, {
    ...wait,
    until: (session) => {
      if (ENDS.has(session.status.phase)) throw sessionFault(session);
      return session.status.phase === "Running";
    },
  });
}
