import { canonicalJson } from "@clauderon/base";

/** The part of coordination.k8s.io/v1 LeaseSpec that an election reads and writes. */
export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** A lease, and the monotonic instant when this process first observed it with this content. */
export interface Sighting {
  readonly record: string;
  readonly at: number;
}

/** Observes the lease now. An unchanged lease keeps its earlier instant. The clocks of other processes are not used. */
export function sighted(spec: LeaseSpec, previous: Sighting | undefined, now: number): Sighting {
  const record = canonicalJson(spec);
  return previous?.record === record ? previous : { record, at: now };
}

/** True if `identity` may acquire or renew the lease: it holds the lease, nobody does, or it is unchanged for its whole duration. */
export function isFree(
  spec: LeaseSpec,
  identity: string,
  seen: { readonly at: number; readonly now: number },
): boolean {
  if (!spec.holderIdentity || spec.holderIdentity === identity) return true;
  return seen.now >= seen.at + (spec.leaseDurationSeconds ?? 0) * 1000;
}

/** The lease as held by `identity`. `wallTime` (RFC 3339) is only informational. */
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

/** The lease without a holder. */
export function released(spec: LeaseSpec, wallTime: string): LeaseSpec {
  const { holderIdentity: _holder, ...rest } = spec;
  return { ...rest, leaseDurationSeconds: 1, renewTime: wallTime };
}
