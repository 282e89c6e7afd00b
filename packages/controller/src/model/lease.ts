import { canonicalJson } from "@clauderon/base";

/** The part of coordination.k8s.io/v1 LeaseSpec that an election reads and writes. */
export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** What a lease said, and when, on our own monotonic clock, we first saw it say so. */
export interface Sighting {
  readonly record: string;
  readonly at: number;
}

/** The lease as it is seen now; one that says the same as before was seen then. Nobody else's clock is trusted. */
export function sighted(spec: LeaseSpec, previous: Sighting | undefined, now: number): Sighting {
  const record = canonicalJson(spec);
  return previous?.record === record ? previous : { record, at: now };
}

/** True when `identity` may take or renew the lease: it is its own, nobody's, or unchanged for its whole duration. */
export function isFree(
  spec: LeaseSpec,
  identity: string,
  seen: { readonly at: number; readonly now: number },
): boolean {
  if (!spec.holderIdentity || spec.holderIdentity === identity) return true;
  return seen.now >= seen.at + (spec.leaseDurationSeconds ?? 0) * 1000;
}

/** The lease in the hands of `identity`. `wallTime` (RFC 3339) is for people to read. */
export function held(
  spec: LeaseSpec,
  identity: string,
  term: { wallTime: string; durationSeconds: number },
): LeaseSpec {
  const renewed = spec.holderIdentity === identity;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: term.durationSeconds,
    acquireTime: renewed ? (spec.acquireTime ?? term.wallTime) : term.wallTime,
    renewTime: term.wallTime,
    leaseTransitions: (spec.leaseTransitions ?? 0) + (renewed ? 0 : 1),
  };
}

/** The lease in nobody's hands. */
export function released(spec: LeaseSpec, wallTime: string): LeaseSpec {
  const { holderIdentity: _holder, ...rest } = spec;
  return { ...rest, leaseDurationSeconds: 1, renewTime: wallTime };
}
