/** Delays of an exponential backoff, in milliseconds. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * The delay before attempt `failures + 1`: `baseMs` doubled with every failure, at most `maxMs`, spread by ±25 %.
 * `random` is a number in [0, 1).
 */
export function backoffMs(backoff: Backoff, failures: number, random: number): number {
  const exponential = Math.min(backoff.baseMs * 2 ** Math.max(0, failures - 1), backoff.maxMs);
  return Math.round(exponential * (0.75 + random * 0.5));
}
