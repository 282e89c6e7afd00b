import { type Log, messageOf, type Clock } from "@clauderon/base";
import { isConflict, type KubeClient, LEASES, type ObjectRef } from "@clauderon/kube";
import { held, isFree, released, type Sighting, sighted } from "./model/lease.ts";
import { microTime } from "./systemClock.ts";

export interface LeaseLockOptions {
  readonly client: Pick<KubeClient, "get" | "create" | "replace">;
  /** Namespace and name of the Lease. */
  readonly lease: Required<ObjectRef>;
  /** Identity of this candidate. Must be unique: two candidates with one identity would both hold the lease. */
  readonly identity: string;
  readonly log: Log;
  readonly clock: Clock;
}

type Lease = NonNullable<(typeof LEASES)["object"]>;

const LEASE = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };

/** Acquires, renews and releases a Lease for one candidate. The resourceVersion is the only lock. */
export class LeaseLock {
  readonly #options: LeaseLockOptions;
  readonly #durationSeconds: number;
  /** The lease as this candidate last wrote it, which allows a renewal without a read. */
  #written: Lease | undefined;
  #attempt: Promise<unknown> = Promise.resolve();
  #sighting: Sighting | undefined;
  #rival: string | undefined;

  constructor(options: LeaseLockOptions, durationMs: number) {
    this.#options = options;
    this.#durationSeconds = Math.ceil(durationMs / 1000);
  }

  /** The other holder that the last read found. */
  get rival(): string | undefined {
    return this.#rival;
  }

  /** Acquires or renews the lease. Returns the monotonic instant from which it is held; undefined if it is not or may not be. */
  tryHold(): Promise<number | undefined> {
    const attempt = this.#hold().catch((thrown: unknown) => {
      if (!isConflict(thrown)) this.#options.log.warn("Writing the lease failed", { error: messageOf(thrown) });
      return undefined;
    });
    this.#attempt = attempt;
    return attempt;
  }

  /** Releases the lease if this candidate holds it, after any active request. */
  async tryRelease(): Promise<void> {
    const { client, log, clock } = this.#options;
    await this.#attempt;
    const lease = this.#written;
    this.#written = undefined;
    if (lease === undefined) return;
    try {
      await client.replace(LEASES, { ...lease, spec: released(lease.spec ?? {}, microTime(clock.now())) });
      log.info("Released the lease");
    } catch (thrown) {
      log.warn("Releasing the lease failed", { error: messageOf(thrown) });
    }
  }

  async #hold(): Promise<number | undefined> {
    const { client, lease: metadata, identity, clock } = this.#options;
    const known = this.#written;
    this.#written = undefined;
    const lease = known ?? (await client.get(LEASES, metadata));
    const now = clock.monotonic();
    const spec = lease?.spec ?? {};
    this.#sighting = sighted(spec, this.#sighting, now);
    const mayTake = isFree(spec, identity, { at: this.#sighting.at, now });
    this.#noteRival(mayTake ? undefined : spec.holderIdentity);
    if (!mayTake) return undefined;
    const term = { wallTime: microTime(clock.now()), durationSeconds: this.#durationSeconds };
    const ours = held(spec, identity, term);
    try {
      this.#written = await (lease === undefined
        ? client.create(LEASES, { ...LEASE, metadata, spec: ours })
        : client.replace(LEASES, { ...lease, spec: ours }));
      return now;
    } catch (thrown) {
      if (known === undefined || !isConflict(thrown)) throw thrown;
      return await this.#hold(); // Somebody else wrote; look who holds it now.
    }
  }

  #noteRival(holder: string | undefined): void {
    if (holder !== undefined && holder !== this.#rival) this.#options.log.info("Another instance leads", { holder });
    this.#rival = holder;
  }
}
