import type { Duplex } from "node:stream";
import type { Secret } from "@clauderon/base";
import type { Backend } from "@clauderon/protocol";
import type { Observation } from "./model/observation.ts";
import type { Orphan } from "./model/orphan.ts";
import type { SessionRecord } from "./model/sessionRecord.ts";

export type { Observation } from "./model/observation.ts";
export type { Orphan } from "./model/orphan.ts";
export type { SessionRecord } from "./model/sessionRecord.ts";

/** What an operation is at, a sentence for people such as "Pulling image x"; `percent` when it is known. */
export type Progress = (step: string, percent?: number) => void;

export interface BackendContext {
  readonly progress: Progress;
  /** Aborted when the daemon stops, or the session is wanted otherwise meanwhile. */
  readonly signal: AbortSignal;
  /** Whether the session has begun in the place that it has now, which then holds its work. */
  readonly started: boolean;
  /** Variables that hold credentials for the agent; never logged, never told. */
  readonly credentials: ReadonlyMap<string, Secret>;
}

/**
 * Where sessions run. The daemon's worker calls these for one session at a time, repeats any that failed or was cut short
 * by a kill, and expects each to go on from whatever state that left. Expected failures are Faults with cause and hint.
 */
export interface SessionBackend {
  readonly name: Backend;
  /** See the function `hasOwnRepository`. */
  readonly hasOwnRepository: boolean;
  /** Makes what is missing until a runner answers `connect`. */
  bringUp(session: SessionRecord, context: BackendContext): Promise<void>;
  /** Ends agent and runner, keeps the work: volume, worktree. */
  halt(session: SessionRecord, context: BackendContext): Promise<void>;
  /** Removes all that was made for it, and returns when it is gone. What is gone already is fine. */
  remove(session: SessionRecord, context: BackendContext): Promise<void>;
  /** The bytes of the runner's socket. AGENT_UNAVAILABLE when no runner listens. */
  connect(session: SessionRecord, signal: AbortSignal): Promise<Duplex>;
  /** Looks at the resources, from caches where there are any; a backend that cannot be asked is phase Error, not a throw. */
  observe(session: SessionRecord): Promise<Observation>;
  /** Tells whenever the observation of a session may have changed, until the signal aborts; never throws, retries inside. Watches, never polls. */
  watch(changed: (name: string) => void, signal: AbortSignal): Promise<void>;
  /**
   * Things made for sessions that are not in `known`, by uid. What bears one of the names in `unreadable` is none: a row of
   * the registry that makes no sense may own it.
   */
  orphans(known: readonly SessionRecord[], unreadable: ReadonlySet<string>): Promise<readonly Orphan[]>;
  /** Removes one that is not `kept`, and tells the ref of the work that was nowhere else. A Fault rather than lose what cannot be kept. */
  prune(orphan: Orphan): Promise<string | undefined>;
  /** Sessions in the world that the registry does not know and could adopt; in Kubernetes the PVC's annotation holds the record. */
  adoptable(known: readonly SessionRecord[]): Promise<readonly SessionRecord[]>;
}
