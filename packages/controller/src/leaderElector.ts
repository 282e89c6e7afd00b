import { type Log, messageOf } from "@clauderon/base";
import { isConflict, type KubeClient, LEASES, type ObjectRef } from "@clauderon/kube";
import { held, isFree, released, type Sighting, sighted } from "./model/lease.ts";
import { orAborted } from "./orAborted.ts";
import { microTime, type MonotonicClock } from "./systemClock.ts";

export interface LeaderElectorOptions {
  readonly client: Pick<KubeClient, "get" | "create" | "replace">;
  /** Namespace and name of the Lease. */
  readonly lease: Required<ObjectRef>;
  /** Of this candidate, no other's: two of one identity would both lead. */
  readonly identity: string;
  readonly log: Log;
  readonly clock: MonotonicClock;
  /** In [0, 1). */
  readonly random?: () => number;
  /** How long others wait before they take a lease that is not renewed; whole seconds. 15 s when absent. */
  readonly leaseDurationMs?: number;
  /** How long the leader goes on without having renewed; less than the lease's duration. 10 s when absent. */
  readonly renewDeadlineMs?: number;
  /** Between two tries to take or renew. 2 s when absent. */
  readonly retryMs?: number;
}

type Lease = NonNullable<(typeof LEASES)["object"]>;

const LEASE = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };
const RELEASE_TIMEOUT_MS = 2000;

/**
 * Lets one of several candidates work at a time, by a Lease whose resourceVersion is the only lock. Elapsed time is
 * judged by the local monotonic clock alone, so clocks that differ or jump change nothing.
 */
export class LeaderElector {
  readonly #client: LeaderElectorOptions["client"];
  readonly #ref: Required<ObjectRef>;
  readonly #identity: string;
  readonly #log: Log;
  readonly #clock: MonotonicClock;
  readonly #random: () => number;
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  /** The lease as we wrote it last, to be renewed without reading it. */
  #held: Lease | undefined;
  #attempt: Promise<boolean> = Promise.resolve(false);
  #sighting: Sighting | undefined;
  #rival: string | undefined;

  constructor(options: LeaderElectorOptions) {
    this.#client = options.client;
    this.#ref = options.lease;
    this.#identity = options.identity;
    this.#log = options.log.with({
      lease: `${options.lease.namespace}/${options.lease.name}`,
      identity: options.identity,
    });
    this.#clock = options.clock;
    this.#random = options.random ?? Math.random;
    this.#leaseDurationMs = options.leaseDurationMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryMs = options.retryMs ?? 2000;
    if (this.#renewDeadlineMs >= this.#leaseDurationMs) throw new RangeError("The renew deadline outlasts the lease");
  }

  /**
   * Waits for the lease and calls `onLeading`, again and again until the signal aborts or `onLeading` ends by itself.
   *
   * The signal that `onLeading` gets aborts when this one does, and before anybody else can hold the lease: work has the
   * time between renew deadline and lease duration to end. The lease is renewed until the work has ended, then released.
   * What `onLeading` throws is thrown here.
   */
  async run(signal: AbortSignal, onLeading: (signal: AbortSignal) => Promise<void>): Promise<void> {
    for (;;) {
      const renewedAt = await this.#acquire(signal);
      if (renewedAt === undefined) return;
      this.#log.info("Leading");
      const isOurs = await this.#lead(signal, renewedAt, onLeading);
      if (isOurs) return;
      this.#log.warn("Lost the lease");
      this.#held = undefined;
    }
  }

  /** The instant from which the lease is held; undefined when the signal aborted first. */
  async #acquire(signal: AbortSignal): Promise<number | undefined> {
    while (!signal.aborted) {
      const begun = this.#clock.monotonic();
      if (await orAborted(this.#tryHold(), signal)) return begun;
      await this.#clock.sleep(this.#retryMs * (1 + this.#random() / 4), signal);
    }
    await this.#release(); // The last try may have come through.
    return undefined;
  }

  /** Works and renews. True when the work ended while the lease was ours, which is then released. */
  async #lead(
    signal: AbortSignal,
    renewedAt: number,
    onLeading: (signal: AbortSignal) => Promise<void>,
  ): Promise<boolean> {
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
      await this.#renewUntil(ended.signal, renewedAt);
      if (!ended.signal.aborted) lost.abort();
    };
    try {
      await Promise.all([work(), renew()]);
      return !lost.signal.aborted;
    } finally {
      if (!lost.signal.aborted) await this.#release();
    }
  }

  /** Returns when the work has ended, or when the lease may soon be somebody else's. */
  async #renewUntil(ended: AbortSignal, acquiredAt: number): Promise<void> {
    let renewedAt = acquiredAt;
    const left = () => renewedAt + this.#renewDeadlineMs - this.#clock.monotonic();
    while (left() > 0) {
      await this.#clock.sleep(Math.min(this.#retryMs, left()), ended);
      if (ended.aborted || left() <= 0) return;
      const begun = this.#clock.monotonic();
      const isHeld = await this.#within(left(), ended, this.#tryHold());
      if (isHeld) renewedAt = begun;
      else if (this.#rival !== undefined) return;
    }
  }

  /** True when the lease is ours by this very call; false when it is another's or the API server could not tell. */
  #tryHold(): Promise<boolean> {
    this.#attempt = this.#hold().catch((thrown: unknown) => {
      if (!isConflict(thrown)) this.#log.warn("The lease could not be written", { error: messageOf(thrown) });
      return false;
    });
    return this.#attempt;
  }

  async #hold(): Promise<boolean> {
    const known = this.#held;
    this.#held = undefined;
    const lease = known ?? (await this.#client.get(LEASES, this.#ref));
    const term = { wallTime: microTime(this.#clock.now()), durationSeconds: Math.ceil(this.#leaseDurationMs / 1000) };
    if (lease === undefined) {
      this.#held = await this.#client.create(LEASES, {
        ...LEASE,
        metadata: this.#ref,
        spec: held({}, this.#identity, term),
      });
      return true;
    }
    const spec = lease.spec ?? {};
    this.#sighting = sighted(spec, this.#sighting, this.#clock.monotonic());
    if (!isFree(spec, this.#identity, { at: this.#sighting.at, now: this.#clock.monotonic() })) {
      this.#noteRival(spec.holderIdentity);
      return false;
    }
    try {
      this.#held = await this.#client.replace(LEASES, { ...lease, spec: held(spec, this.#identity, term) });
    } catch (thrown) {
      if (known === undefined || !isConflict(thrown)) throw thrown;
      return await this.#hold(); // Somebody else wrote; look who holds it now.
    }
    this.#rival = undefined;
    return true;
  }

  #noteRival(holder: string | undefined): void {
    if (this.#rival !== holder) this.#log.info("Another one leads", { holder });
    this.#rival = holder;
  }

  async #release(): Promise<void> {
    const stop = new AbortController();
    await this.#within(RELEASE_TIMEOUT_MS, stop.signal, this.#tryRelease());
  }

  async #tryRelease(): Promise<void> {
    await this.#attempt;
    const lease = this.#held;
    this.#held = undefined;
    if (lease === undefined) return;
    try {
      const spec = released(lease.spec ?? {}, microTime(this.#clock.now()));
      await this.#client.replace(LEASES, { ...lease, spec });
      this.#log.info("Released the lease");
    } catch (thrown) {
      this.#log.warn("The lease was not released", { error: messageOf(thrown) });
    }
  }

  /** The promise's outcome, or undefined when the time is over or the signal aborts first. */
  async #within<T>(milliseconds: number, signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
    const over = new AbortController();
    const timer = this.#clock.sleep(milliseconds, AbortSignal.any([signal, over.signal])).then(() => undefined);
    try {
      return await Promise.race([promise, timer]);
    } finally {
      over.abort();
    }
  }
}
