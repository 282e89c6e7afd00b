/** The cost of a fetch after a turn. */
export interface FetchCost {
  readonly milliseconds: number;
  /** What was new to the user's repository. */
  readonly bytes: number;
  /** How many fetches in a row, this one included, brought nothing because the work was refused. */
  readonly refusals: number;
}

const LEAST_MS = 1_000;
const MOST_MS = 600_000;
/** A fetch takes at most a fifth of the time. */
const SHARE = 4;
/** One mebibyte per second. */
const BYTES_PER_MS = 1_048.576;

/** How long to pause after a fetch, so that one session does not keep the machine, its network and its disk busy. */
export function fetchRestMs({ milliseconds, bytes, refusals }: FetchCost): number {
  const forRefusals = refusals === 0 ? 0 : LEAST_MS * 2 ** Math.min(refusals, 20);
  return Math.min(MOST_MS, Math.max(LEAST_MS, SHARE * milliseconds, bytes / BYTES_PER_MS, forRefusals));
}
