import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { FakeClock, settled } from "../../../../../test/kit/fakeClock.ts";
import { Journal } from "../output/journal.ts";
import { removeStaleLocks } from "./staleLocks.ts";

/** A checkout's `.git` with a lock that was last written so many milliseconds after the clock's time. */
function withLock(afterNowMs: number) {
  const folder = mkdtempSync(join(tmpdir(), "clauderon-locks-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "refs"));
  const lock = join(folder, "index.lock");
  const clock = new FakeClock();
  writeFileSync(lock, "");
  const seconds = (clock.now() + afterNowMs) / 1_000;
  utimesSync(lock, seconds, seconds);
  return { folder, lock, clock, locks: () => readdirSync(folder).filter((name) => name.endsWith(".lock")) };
}

it.each([
  ["an hour old", -3_600_000],
  ["from the future, because the clock was set back or a volume's server has another", 3_600_000],
])("a lock that is %s does not stop the run for longer than a minute", async (_, afterNowMs) => {
  const { folder, clock, locks } = withLock(afterNowMs);
  const said: string[] = [];
  const journal = new Journal({ write: (line) => void said.push(line), clock });
  const seen = { isDone: false };
  const removed = removeStaleLocks(folder, "acme/widgets", {
    stop: new AbortController().signal,
    clock,
    journal,
  }).finally(() => void (seen.isDone = true));
  while (!seen.isDone && clock.monotonic() < 120_000) {
    await new Promise((resolve) => setImmediate(resolve));
    if (clock.nextInMs !== undefined) await clock.advance(clock.nextInMs);
    await settled();
  }
  expect(locks()).toEqual([]);
  expect(clock.monotonic()).toBeLessThanOrEqual(61_000);
  await removed;
  expect(said.join()).toContain("which a git that was killed left");
});
