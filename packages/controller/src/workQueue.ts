import { type Backoff, backoffMs, type Clock } from "@clauderon/base";
import { type Rate, TokenBucket } from "./model/tokenBucket.ts";

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Backoff for the retries of one key. Defaults to 50 ms to 5 min. */
  readonly backoff?: Backoff;
  /** Rate limit for the retries of all keys. Defaults to 50 per second with a burst of 500. */
  readonly rate?: Rate;
  /** In [0, 1). */
  readonly random?: () => number;
}

interface Delayed {
  readonly due: number;
  readonly cancel: AbortController;
}

const DEFAULT_BACKOFF: Backoff = { baseMs: 50, maxMs: 300_000 };
const DEFAULT_RATE: Rate = { perSecond: 50, burst: 500 };

/**
 * A first in, first out queue of keys. A key is in the queue at most once, and no two workers have it at the same time. A
 * key that is added while a worker has it is returned once more afterwards.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #random: () => number;
  readonly #bucket: TokenBucket;
  readonly #ready = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #again = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  readonly #drained = Promise.withResolvers<void>();
  #isShutDown = false;

  constructor({ clock, backoff = DEFAULT_BACKOFF, rate = DEFAULT_RATE, random = Math.random }: WorkQueueOptions) {
    this.#clock = clock;
    this.#backoff = backoff;
    this.#random = random;
    this.#bucket = new TokenBucket(rate, clock.monotonic());
  }

  /** Number of keys that are ready to be taken. Active and delayed keys do not count. */
  get length(): number {
    return this.#ready.size;
  }

  add(key: string): void {
    if (this.#isShutDown) return;
    if (this.#taken.has(key)) this.#again.add(key);
    else this.#ready.add(key);
    this.#serve();
  }

  /** Adds the key after that time. If a key has several delays, the earliest one counts. */
  addAfter(key: string, milliseconds: number): void {
    if (milliseconds <= 0) return this.add(key);
    const due = this.#clock.monotonic() + milliseconds;
    const delayed = this.#delayed.get(key);
    if (this.#isShutDown || (delayed !== undefined && delayed.due <= due)) return;
    delayed?.cancel.abort();
    const cancel = new AbortController();
    this.#delayed.set(key, { due, cancel });
    void this.#addWhenDue(key, milliseconds, cancel.signal);
  }

  /** Adds the key after a delay that doubles with each call until {@link forget}, and that respects the overall rate. */
  addRateLimited(key: string): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const backoff = backoffMs(this.#backoff, failures, this.#random());
    this.addAfter(key, Math.max(backoff, this.#bucket.reserve(this.#clock.monotonic())));
  }

  /** Resets the key's retry delay. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Returns the next key as soon as there is one, or undefined after a shutdown. Call `done` for each key. */
  take(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#serve();
    });
  }

  done(key: string): void {
    this.#taken.delete(key);
    if (this.#again.delete(key)) this.add(key);
    if (this.#isShutDown && this.#taken.size === 0) this.#drained.resolve();
  }

  /** Drops all waiting keys and accepts no more. Resolves when the active keys are done. */
  shutDown(): Promise<void> {
    this.#isShutDown = true;
    this.#ready.clear();
    for (const { cancel } of this.#delayed.values()) cancel.abort();
    this.#delayed.clear();
    this.#serve();
    if (this.#taken.size === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  async #addWhenDue(key: string, milliseconds: number, cancelled: AbortSignal): Promise<void> {
    await this.#clock.sleep(milliseconds, cancelled);
    if (cancelled.aborted) return;
    this.#delayed.delete(key);
    this.add(key);
  }

  #serve(): void {
    if (this.#isShutDown) {
      for (const taker of this.#takers.splice(0)) taker(undefined);
      return;
    }
    for (const key of this.#ready) {
      const taker = this.#takers.shift();
      if (taker === undefined) return;
      this.#ready.delete(key);
      this.#taken.add(key);
      taker(key);
    }
  }
}
