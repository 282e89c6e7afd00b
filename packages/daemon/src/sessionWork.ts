import type { Pulled, Pushed } from "@clauderon/protocol";
import type { Progress, SessionRecord } from "./backend.ts";
import type { Continuation } from "./model/continuation.ts";
import type { LinkConnection } from "./link/linkConnection.ts";

/**
 * The state that a session begins with: a commit of `captureWork`, kept by `refs/clauderon/incoming/<name>` in the
 * user's repository.
 */
export interface Captured {
  readonly commit: string;
  /** What was not captured. Each is a sentence for people. */
  readonly notices: readonly string[];
}

export interface PushContext {
  /** The session's link. Its connection is used only if the session has its own repository. */
  readonly link: { readonly connection: Pick<LinkConnection, "ask"> };
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * Moves work between the user's repository and a session's. The daemon repeats a call that failed or that a kill
 * interrupted. Expected failures are Faults with cause and hint.
 */
export interface SessionWork {
  /** Captures the state of the user's checkout, or only `spec.baseCommit` if `spec.fromBase` is set. */
  capture(session: SessionRecord, signal: AbortSignal): Promise<Captured>;
  /** Keeps what was fetched from a lost place for good, and returns what the session begins with in the new place. */
  continue(session: SessionRecord, signal: AbortSignal): Promise<Continuation>;
  /** Sends the captured commit to INCOMING_REF of a session that has its own repository. Its link must be connected. */
  send(session: SessionRecord, signal: AbortSignal, progress: Progress): Promise<void>;
  /**
   * Fetches the session's current work, unless it is larger than `maxBytes`. Its link must be connected. Returns how
   * many bytes are new in the user's repository.
   */
  fetch(session: SessionRecord, signal: AbortSignal, maxBytes: number): Promise<number>;
  /** Fetches like `fetch`, without a limit, and describes what was fetched. */
  pull(session: SessionRecord, signal: AbortSignal, progress?: Progress): Promise<Pulled>;
  /**
   * Sends the HEAD commit of the user's checkout, and moves the session to it unless that would touch the session's own
   * work.
   */
  push(session: SessionRecord, context: PushContext): Promise<Pushed>;
  /**
   * Called before a session is removed. Makes sure that its work is in the user's repository, if necessary as
   * `refs/clauderon/rescued/<name>`, and then returns that ref. Throws rather than let work be lost.
   */
  rescue(session: SessionRecord, signal: AbortSignal): Promise<string | undefined>;
  /** Does the same with the work that was fetched last, for a session that cannot have newer work. */
  rescueFetched(session: SessionRecord): Promise<string | undefined>;
  /** Removes the refs that `capture` and `pull` keep in the user's repository. Succeeds if they do not exist. */
  forget(session: SessionRecord): Promise<void>;
}
