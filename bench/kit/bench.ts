import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

type CleanUp = () => unknown;

/** A run of one bench: its folder, and what it cleans up at its end. */
export interface Bench {
  readonly folder: string;
  /** Done at the end, the last one first, also when the bench fails or is interrupted. */
  defer(cleanUp: CleanUp): void;
}

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a bench in its own folder, and removes the folder at the end and after Ctrl-C. */
export async function runBench(body: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "cld-bench-"));
  const cleanUps: CleanUp[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })];
  const cleanUp = async () => {
    for (;;) {
      const next = cleanUps.pop();
      if (next === undefined) return;
      try {
        await next();
      } catch (thrown) {
        process.stderr.write(`Cannot clean up: ${String(thrown)}\n`);
      }
    }
  };
  let isInterrupted = false;
  for (const signal of ENDING) {
    process.on(signal, () => {
      if (isInterrupted) return;
      isInterrupted = true;
      void cleanUp().then(() => process.exit(128 + constants.signals[signal]));
    });
  }
  try {
    await body({ folder, defer: (cleanUp) => void cleanUps.push(cleanUp) });
  } catch (thrown) {
    // A failure after the cleanup is expected; the signal decides how the process ends.
    if (isInterrupted) return;
    process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
    process.exitCode = 1;
  }
  if (isInterrupted) return;
  await cleanUp();
  process.exit();
}

/** Milliseconds of each of `count` runs, one after the other, after one that is not counted. */
export async function timeEach(count: number, run: (index: number) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index <= count; index += 1) {
    const begin = performance.now();
    const time = await run(index);
    times.push(typeof time === "number" ? time : performance.now() - begin);
  }
  return times.slice(1);
}

/** Asks until it gets an answer; throws after `seconds`. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`Timed out after ${seconds} s: ${what}`);
    await sleep(20);
  }
}
