// oxlint-disable no-restricted-globals -- Date.parse and toISOString of a given instant read no clock

/** Milliseconds since the epoch of an RFC 3339 instant; undefined for invalid text. */
export function millisOf(instant: string | undefined): number | undefined {
  const at = Date.parse(instant ?? "");
  return Number.isNaN(at) ? undefined : at;
}

/** Seconds from an RFC 3339 instant to `now` (milliseconds since the epoch); 0 if the instant is unknown. */
export function secondsSince(instant: string | undefined, now: number): number {
  const at = millisOf(instant);
  return at === undefined ? 0 : (now - at) / 1000;
}

/** `now` as a metav1.Time: RFC 3339, whole seconds, UTC. */
export function instantOf(now: number): string {
  return new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
}
