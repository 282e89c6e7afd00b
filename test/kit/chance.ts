/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Another one for each run; a failed run is repeated with the seed that it names, as CLAUDERON_TEST_SEED. */
export const SEED = Number(process.env["CLAUDERON_TEST_SEED"] ?? Date.now() % 1_000_000);
