import type { Pulled, Pushed } from "@clauderon/protocol";
import type { Progress, SessionRecord } from "./backend.ts";
import type { Continuation } from "./model/continuation.ts";
import type { LinkConnection } from "./link/linkConnection.ts";

/** What a session began with: a commit of `captureWork`, kept by `refs/clauderon/incoming/<name>` in the user's repository. */
export interface Captured {
  readonly commit: string;
  /** What could not come along, each a sentence for people. */
  readonly notices: readonly string[];
}

export interface PushContext {
  /** The link of the session: its connection is asked for only where the session's repository is not the user's own. */
  readonly link: { readonly connection: Pick<LinkConnection, "ask"> };
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * How work travels between the user's repository and a session's. The daemon repeats any that
 * failed or was cut short by a kill. Expected failures are Faults with cause and hint.
 */
export interface SessionWork {
  /** Keeps the state of the user's checkout, or of `spec.baseCommit` alone when `spec.fromBase` says so. */
  capture(session: SessionRecord, signal: AbortSignal): Promise<Captured>;
  /** Keeps for good what was fetched from a place that is lost, and says what the session begins with in the new one. */
  continue(session: SessionRecord, signal: AbortSignal): Promise<Continuation>;
  /** Brings the captured commit to INCOMING_REF of a session that has its own repository; its link is up. */
  send(session: SessionRecord, signal: AbortSignal, progress: Progress): Promise<void>;
  /**
   * Fetches the session's work as it is now, unless it has more than so many bytes; its link is up. How many bytes are new in
   * the user's repository.
   */
  fetch(session: SessionRecord, signal: AbortSignal, maxBytes: number): Promise<number>;
  /** The same, and tells what there is of it. */
  pull(session: SessionRecord, signal: AbortSignal, progress?: Progress): Promise<Pulled>;
  /** Sends the commit that the user's checkout is at, and takes the session there when nothing of its own is in the way. */
  push(session: SessionRecord, context: PushContext): Promise<Pushed>;
  /**
   * Before a session is removed: sees that what it made is in the user's repository, if need be under
   * `refs/clauderon/rescued/<name>`, which is then the answer. It throws rather than let work be lost.
   */
  rescue(session: SessionRecord, signal: AbortSignal): Promise<string | undefined>;
  /** The same for work that was fetched last, when nothing can have come since. */
  rescueFetched(session: SessionRecord): Promise<string | undefined>;
  /** Removes what `capture` and `pull` keep in the user's repository. What is gone already is fine. */
  forget(session: SessionRecord): Promise<void>;
}
