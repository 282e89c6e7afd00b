import type { Duplex } from "node:stream";
import type { Secret } from "@clauderon/base";
import type { Backend } from "@clauderon/protocol";
import type { Observation } from "./model/observation.ts";
import type { Orphan } from "./model/orphan.ts";
import type { SessionRecord } from "./model/sessionRecord.ts";

export type { Observation } from "./model/observation.ts";
export type { Orphan } from "./model/orphan.ts";
export type { SessionRecord } from "./model/sessionRecord.ts";

/** Reports the progress of an operation: a sentence for people such as "Pulling image x", and `percent` if known. */
export type Progress = (step: string, percent?: number) => void;

export interface BackendContext {
  readonly progress: Progress;
  /** Aborted when the daemon stops, or when another state of the session is wanted. */
  readonly signal: AbortSignal;
  /** Whether the session has begun in its current place, which then holds its work. */
  readonly started: boolean;
  /** Variables with credentials for the agent; never logged and never returned by the API. */
  readonly credentials: ReadonlyMap<string, Secret>;
  /**
   * The session and its credentials as they are now: its user may change both during a call. What is written for a proxy
   * is made of these, read after the object that is overwritten.
   */
  readonly latest: () => LatestSession;
}

interface LatestSession {
  readonly session: SessionRecord;
  readonly credentials: BackendContext["credentials"];
}

/**
 * Where sessions run. The daemon's worker makes one call at a time for each session, repeats a call that failed or that
 * a kill interrupted, and expects each call to continue from whatever state that left. Expected failures are Faults with
 * cause and hint.
 */
export interface SessionBackend {
  readonly name: Backend;
  /** See the function `hasOwnRepository`. */
  readonly hasOwnRepository: boolean;
  /** Makes what is missing until a runner answers `connect`. */
  bringUp(session: SessionRecord, context: BackendContext): Promise<void>;
  /** Ends the agent and the runner. Keeps the work: the volume or the worktree. */
  halt(session: SessionRecord, context: BackendContext): Promise<void>;
  /**
   * Removes everything that was made for the session, and returns when it is gone. Succeeds if nothing is left to
   * remove.
   */
  remove(session: SessionRecord, context: BackendContext): Promise<void>;
  /**
   * Checks that a session may be deleted without `remove` because its objects are out of reach. Returns what stays
   * where, in sentences for people. Throws USAGE if the session can be removed.
   */
  orphan(session: SessionRecord): Promise<readonly string[]>;
  /** A stream to the runner's socket. Throws AGENT_UNAVAILABLE if no runner listens. */
  connect(session: SessionRecord, signal: AbortSignal): Promise<Duplex>;
  /** Looks at the resources, in caches if possible. An unreachable backend gives phase Error; this does not throw. */
  observe(session: SessionRecord): Promise<Observation>;
  /**
   * Calls back whenever the observation of a session may have changed, until the signal aborts. Never throws; retries
   * inside. Watches, never polls.
   */
  watch(changed: (name: string) => void, signal: AbortSignal): Promise<void>;
  /**
   * Things made for sessions whose uids are not in `known`. A thing with one of the names in `unreadable` does not
   * count: it may belong to that unreadable row of the registry.
   */
  orphans(known: readonly SessionRecord[], unreadable: ReadonlySet<string>): Promise<readonly Orphan[]>;
  /**
   * Removes an orphan that is not `kept`. Returns the ref of work that was nowhere else. Throws a Fault rather than lose
   * work that cannot be kept.
   */
  prune(orphan: Orphan): Promise<string | undefined>;
  /**
   * Sessions that exist in the backend, are unknown to the registry and can be adopted. In Kubernetes, the claim's
   * annotation holds the record.
   */
  adoptable(known: readonly SessionRecord[]): Promise<readonly SessionRecord[]>;
}
