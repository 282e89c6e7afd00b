import { LeaseLock, type LeaseLockOptions } from "./leaseLock.ts";
import { orAborted } from "./orAborted.ts";

export interface LeaderElectorOptions extends LeaseLockOptions {
  /** In [0, 1). */
  readonly random?: () => number;
  /** How long others wait before they acquire a lease that is not renewed, in whole seconds. Defaults to 15 s. */
  readonly leaseDurationMs?: number;
  /** How long the leader continues without a renewal. Must be less than the lease duration. Defaults to 10 s. */
  readonly renewDeadlineMs?: number;
  /** Time between attempts to acquire or renew. Defaults to 2 s. */
  readonly retryMs?: number;
}

/** Work that continues until its signal aborts. */
type Work = (signal: AbortSignal) => Promise<void>;

const RELEASE_TIMEOUT_MS = 2000;

/**
 * Lets one of several candidates work at a time, using a Lease. It measures elapsed time with the local monotonic clock
 * alone, so clocks may differ or jump.
 */
export class LeaderElector {
  readonly #options: Required<LeaderElectorOptions>;
  readonly #lock: LeaseLock;

  constructor(options: LeaderElectorOptions) {
    const { identity, lease } = options;
    const log = options.log.with({ lease: `${lease.namespace}/${lease.name}`, identity });
    const defaults = { random: Math.random, leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2000 };
    this.#options = { ...defaults, ...options, log };
    const { renewDeadlineMs, leaseDurationMs } = this.#options;
    if (renewDeadlineMs >= leaseDurationMs) throw new RangeError("The renew deadline outlasts the lease");
    this.#lock = new LeaseLock(this.#options, leaseDurationMs);
  }

  /**
   * Waits for the lease and calls `onLeading`, and repeats this until the signal aborts or `onLeading` ends by itself.
   *
   * The signal of `onLeading` aborts with this signal, and always before another candidate can hold the lease: the work has
   * the time between renew deadline and lease duration to end. The lease is renewed until the work has ended, and is then
   * released. Rethrows errors of `onLeading`.
   */
  async run(signal: AbortSignal, onLeading: Work): Promise<void> {
    const { log } = this.#options;
    for (let isOver = false; !isOver; ) {
      const heldFrom = await this.#acquire(signal);
      if (heldFrom === undefined) return;
      log.info("Acquired the lease");
      isOver = await this.#lead(signal, heldFrom, onLeading);
      if (!isOver) log.warn("Lost the lease");
    }
  }

  /** Returns the instant from which the lease is held, or undefined if the signal aborted first. */
  async #acquire(signal: AbortSignal): Promise<number | undefined> {
    const { clock, retryMs, random } = this.#options;
    while (!signal.aborted) {
      const heldFrom = await orAborted(this.#lock.tryHold(), signal);
      if (heldFrom !== undefined && this.#left(heldFrom) > 0) return heldFrom;
      await clock.sleep(retryMs * (1 + random() / 4), signal);
    }
    await this.#release(); // The last try may have come through.
    return undefined;
  }

  /** Works and renews. Returns true if the work ended while this candidate held the lease, which it then releases. */
  async #lead(signal: AbortSignal, heldFrom: number, onLeading: Work): Promise<boolean> {
    const lost = new AbortController();
    const ended = new AbortController();
    const work = async () => {
      try {
        await onLeading(AbortSignal.any([signal, lost.signal]));
      } finally {
        ended.abort();
      }
    };
    const renew = async () => {
      await this.#renewUntil(ended.signal, heldFrom);
      if (!ended.signal.aborted) lost.abort();
    };
    try {
      await Promise.all([work(), renew()]);
      return !lost.signal.aborted;
    } finally {
      if (!lost.signal.aborted) await this.#release();
    }
  }

  /** Returns when the work has ended, or when another candidate may soon hold the lease. */
  async #renewUntil(ended: AbortSignal, acquired: number): Promise<void> {
    const { clock, retryMs } = this.#options;
    for (let heldFrom = acquired; this.#left(heldFrom) > 0; ) {
      await clock.sleep(Math.min(retryMs, this.#left(heldFrom)), ended);
      if (ended.aborted) return;
      const renewed = await orAborted(this.#within(this.#left(heldFrom), this.#lock.tryHold()), ended);
      if (renewed !== undefined) heldFrom = renewed;
      else if (this.#lock.rival !== undefined) return;
    }
  }

  async #release(): Promise<void> {
    await this.#within(RELEASE_TIMEOUT_MS, this.#lock.tryRelease());
  }

  /** How long the work may continue if the lease is not renewed. */
  #left(heldFrom: number): number {
    return heldFrom + this.#options.renewDeadlineMs - this.#options.clock.monotonic();
  }

  /** Returns the promise's value, or undefined if the time expires first. */
  async #within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
    const [over, answered] = [new AbortController(), new AbortController()];
    void this.#options.clock.sleep(milliseconds, answered.signal).then(() => over.abort());
    try {
      return await orAborted(promise, over.signal);
    } finally {
      answered.abort();
    }
  }
}
