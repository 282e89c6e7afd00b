import {
  type Backoff,
  backoffMs,
  Fault,
  type KubeObject,
  type Log,
  messageOf,
  objectKey,
  type Clock,
} from "@clauderon/base";
import { ApiError, isGone, isNotFound, type KubeClient, type Resource, type WatchEvent } from "@clauderon/kube";
import { orAborted } from "./orAborted.ts";

/** The objects to list: of one namespace or all, matching both selectors or all. */
export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Receives the objects. Its functions must not throw. */
export interface Sink<T> {
  upsert(object: T): void;
  remove(object: T): void;
  /** Receives a complete list. Objects that are not in it no longer exist. */
  keepOnly(keys: ReadonlySet<string>): void;
}

/** Dependencies of every part of the controller runtime. */
export interface Surroundings {
  readonly log: Log;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
}

const PAGE_SIZE = 500;
const BACKOFF: Backoff = { baseMs: 1000, maxMs: 24_000 }; // Spread by a quarter: 0.75 to 30 s.
const MAX_RETRY_AFTER_MS = 300_000;
const MIN_WATCH_SECONDS = 300;
/** How much longer than its own timeout a watch may last before its connection counts as dead. */
const LATE_END_MS = 30_000;
/** The API server sends a bookmark every minute. After the first one, a silence of this length means a dead connection. */
const SILENCE_MS = 180_000;
/** A watch that ends sooner is restarted with backoff. */
const SHORT_WATCH_MS = 5000;

/**
 * Keeps a sink equal to the objects on the API server: lists them, then watches from there without end. A failure is
 * logged once and retried with backoff. Only an expired resourceVersion or a deleted CRD causes another list.
 */
export class Reflector<T extends KubeObject> {
  readonly #client: Pick<KubeClient, "list" | "watch">;
  readonly #resource: Resource<T>;
  readonly #selection: Selection;
  readonly #sink: Sink<T>;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #random: () => number;
  #resourceVersion: string | undefined;
  #failures = 0;
  #problem: string | undefined;
  #heardAt = 0;
  #hasBookmarks = false;

  constructor(
    source: { client: Pick<KubeClient, "list" | "watch">; resource: Resource<T>; selection: Selection },
    sink: Sink<T>,
    { log, clock, random = Math.random }: Surroundings,
  ) {
    this.#client = source.client;
    this.#resource = source.resource;
    this.#selection = source.selection;
    this.#sink = sink;
    this.#log = log.with({ resource: source.resource.plural, ...source.selection });
    this.#clock = clock;
    this.#random = random;
  }

  /** Runs until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pause = await this.#pass(signal);
      if (pause > 0 && !signal.aborted) await this.#clock.sleep(pause, signal);
    }
  }

  /** Makes one list, if needed, and one watch. Returns the delay before the next pass. */
  async #pass(signal: AbortSignal): Promise<number> {
    try {
      if (this.#resourceVersion === undefined) await this.#list(signal);
      if (this.#resourceVersion === undefined) return 0;
      const begun = this.#clock.monotonic();
      await this.#watch(this.#resourceVersion, signal);
      if (this.#clock.monotonic() - begun >= SHORT_WATCH_MS) this.#recovered();
      else this.#failures += 1;
      return this.#failures === 0 ? 0 : this.#backoff(undefined);
    } catch (thrown) {
      if (signal.aborted) return 0;
      if (isGone(thrown) || isNotFound(thrown)) this.#resourceVersion = undefined;
      this.#failures += 1;
      this.#report(thrown);
      return this.#backoff(thrown);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    try {
      await this.#listPages(signal, PAGE_SIZE);
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown;
      await this.#listPages(signal); // The list grew too old between two pages: in one piece it cannot.
    }
  }

  async #listPages(signal: AbortSignal, limit?: number): Promise<void> {
    const seen = new Set<string>();
    const options = { ...this.#selection, ...(limit === undefined ? {} : { limit }) };
    let next: string | undefined;
    do {
      const page = this.#client.list(this.#resource, next === undefined ? options : { ...options, continue: next });
      const list = await orAborted(page, signal);
      if (list === undefined) return;
      for (const object of list.items) {
        seen.add(objectKey(object.metadata));
        this.#sink.upsert(object);
      }
      next = list.metadata.continue || undefined;
      if (next === undefined) this.#resourceVersion = list.metadata.resourceVersion;
    } while (next !== undefined);
    this.#sink.keepOnly(seen);
    this.#solved();
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const timeoutSeconds = Math.round(MIN_WATCH_SECONDS * (1 + this.#random()));
    const ended = new AbortController();
    this.#heardAt = this.#clock.monotonic();
    this.#hasBookmarks = false;
    const deadline = this.#heardAt + timeoutSeconds * 1000 + LATE_END_MS;
    const dead = this.#awaitStall(deadline, ended.signal).then(() => ended.abort());
    const events = this.#client.watch(this.#resource, {
      ...this.#selection,
      resourceVersion,
      timeoutSeconds,
      allowWatchBookmarks: true,
      signal: AbortSignal.any([signal, ended.signal]),
    });
    try {
      for await (const event of events) this.#take(event);
      if (ended.signal.aborted && !signal.aborted) throw new Fault("CLUSTER_UNAVAILABLE", "The watch timed out");
    } finally {
      ended.abort();
      await dead;
    }
  }

  #take({ type, object }: WatchEvent<T>): void {
    this.#heardAt = this.#clock.monotonic();
    if (type === "BOOKMARK") this.#hasBookmarks = true;
    else if (type === "DELETED") this.#sink.remove(object);
    else this.#sink.upsert(object);
    this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion;
    this.#recovered();
  }

  /** Resolves when the watch counts as dead or has ended. */
  async #awaitStall(deadline: number, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const silent = this.#hasBookmarks ? this.#heardAt + SILENCE_MS : deadline;
      const left = Math.min(silent, deadline) - this.#clock.monotonic();
      if (left <= 0) return;
      await this.#clock.sleep(Math.min(left, SILENCE_MS), ended);
    }
  }

  #backoff(thrown: unknown): number {
    const asked = thrown instanceof ApiError ? (thrown.retryAfterMs ?? 0) : 0;
    return Math.max(backoffMs(BACKOFF, this.#failures, this.#random()), Math.min(asked, MAX_RETRY_AFTER_MS));
  }

  #report(thrown: unknown): void {
    const problem = messageOf(thrown);
    const level = problem === this.#problem ? "debug" : "warn";
    this.#problem = problem;
    if (isNotFound(thrown)) this.#log[level]("Not served by the API server; waiting for its CRD to be installed");
    else if (isGone(thrown)) this.#log[level]("The watch is too far behind; listing again");
    else if (thrown instanceof ApiError)
      this.#log[level]("Refused by the API server; trying again", { error: problem });
    else this.#log[level]("Lost the API server; trying again", { error: problem });
  }

  #recovered(): void {
    this.#failures = 0;
    this.#solved();
  }

  #solved(): void {
    if (this.#problem !== undefined) this.#log.info("Connected to the API server again");
    this.#problem = undefined;
  }
}
