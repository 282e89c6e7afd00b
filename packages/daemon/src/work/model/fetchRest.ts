/** What a fetch after a turn has cost. */
export interface FetchCost {
  readonly milliseconds: number;
  /** What is new in the user's repository. */
  readonly bytes: number;
  /** How many in a row brought nothing because the work was refused, this one included. */
  readonly refusals: number;
}

const LEAST_MS = 1_000;
const MOST_MS = 600_000;
/** A fetch takes at most a fifth of the time. */
const SHARE = 4;
/** One mebibyte in a second. */
const BYTES_PER_MS = 1_048.576;

/** How long a session's fetches rest after one, so that no session keeps the machine, its network and its disk busy. */
export function fetchRestMs({ milliseconds, bytes, refusals }: FetchCost): number {
  const forRefusals = refusals === 0 ? 0 : LEAST_MS * 2 ** Math.min(refusals, 20);
  return Math.min(MOST_MS, Math.max(LEAST_MS, SHARE * milliseconds, bytes / BYTES_PER_MS, forRefusals));
}
