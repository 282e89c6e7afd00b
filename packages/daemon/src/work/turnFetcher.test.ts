import { type Clock, Fault, silentLog } from "@clauderon/base";
import { tooManyBytes } from "@clauderon/protocol";
import { expect, it } from "vitest";
import { exampleEntry } from "../session/model/entry.fixture.ts";
import { TurnFetcher } from "./turnFetcher.ts";

const { record } = exampleEntry();
const { signal } = new AbortController();

const LIMIT = { bytes: 1_000, text: "1k" };

function stage(soFar = 0) {
  const fetches: (PromiseWithResolvers<number> & { readonly maxBytes: number })[] = [];
  const seen = {
    bytes: soFar,
    reported: [] as (string | undefined)[],
    sleeps: [] as number[],
    now: 0,
    wall: 0,
    isGone: false,
  };
  /** Sleeping lets other promises continue, and takes no time. */
  const clock: Clock = {
    now: () => seen.wall,
    monotonic: () => seen.now,
    sleep: (milliseconds) => {
      seen.sleeps.push(milliseconds);
      seen.now += milliseconds;
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
  const fetch = (_session: unknown, _signal: AbortSignal, maxBytes: number) => {
    const next = { ...Promise.withResolvers<number>(), maxBytes };
    fetches.push(next);
    return next.promise;
  };
  const fetcher = new TurnFetcher({
    work: { fetch },
    clock,
    log: silentLog,
    signal,
    limit: LIMIT,
    fetchedBytes: () => (seen.isGone ? undefined : seen.bytes),
    count: (_, bytes) => void (seen.bytes += bytes),
    report: (_, fault) => void seen.reported.push(fault?.message),
  });
  const untilFetches = (count: number) => expect.poll(() => fetches.length).toBe(count);
  return { fetcher, fetches, untilFetches, seen };
}

const lost = () => new Fault("SESSION_NOT_RUNNING", "The connection was lost");

it("fetches once for each turn, including a turn that ends during a fetch", async () => {
  const { fetcher, fetches, untilFetches } = stage();
  fetcher.noted(record, 1);
  fetcher.noted(record, 1);
  fetcher.noted(record, 2);
  expect(fetches).toHaveLength(1);
  fetches[0]?.resolve(0);
  await untilFetches(2);
  fetches[1]?.resolve(0);
  await new Promise((resolve) => setImmediate(resolve));
  fetcher.noted(record, 2);
  expect(fetches).toHaveLength(2);
});

it("retries an abandoned fetch when it hears from the session again", async () => {
  const { fetcher, fetches, untilFetches } = stage();
  fetcher.noted(record, 1);
  for (let tries = 1; tries <= 5; tries += 1) {
    await untilFetches(tries);
    fetches[tries - 1]?.reject(lost());
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(fetches).toHaveLength(5);
  fetcher.noted(record, 1);
  await untilFetches(6);
  fetches[5]?.resolve(0);
  await new Promise((resolve) => setImmediate(resolve));
  fetcher.noted(record, 1);
  expect(fetches).toHaveLength(6);
});

it("fetches the first turns of a new runner, which counts from the beginning", async () => {
  const { fetcher, fetches, untilFetches } = stage();
  const settle = async () => {
    fetches.at(-1)?.resolve(0);
    await new Promise((resolve) => setImmediate(resolve));
  };
  fetcher.noted(record, 3);
  await untilFetches(1);
  await settle();
  fetcher.noted(record, 0);
  fetcher.noted(record, 1);
  await untilFetches(2);
  await settle();
  // The daemon was away: the first number that it gets from the new runner equals the last one from the old runner.
  fetcher.noted({ ...record, commit: "e".repeat(40) }, 1);
  await untilFetches(3);
  expect(fetches).toHaveLength(3);
});

const moment = () => new Promise((resolve) => setImmediate(resolve));

it("pauses after each fetch in proportion to its cost, whatever number of turns the runner reports", async () => {
  const { fetcher, fetches, untilFetches, seen } = stage();
  for (let turns = 1; turns <= 10_000; turns += 1) fetcher.noted(record, turns);
  expect(fetches).toHaveLength(1);
  seen.now += 3_000;
  fetches[0]?.resolve(0);
  await moment();
  fetcher.noted(record, 1);
  fetcher.noted(record, 20_000);
  await untilFetches(2);
  expect(seen.sleeps).toEqual([12_000]);
  fetches[1]?.resolve(0);
  await moment();
  fetcher.noted(record, 20_001);
  await untilFetches(3);
  expect(seen.sleeps).toEqual([12_000, 1_000]);
});

it.each([259_200_000, -7_200_000])(
  "a wall clock that is set by %i ms during a fetch does not change the pause",
  async (jump) => {
    const { fetcher, fetches, untilFetches, seen } = stage();
    fetcher.noted(record, 1);
    seen.now += 3_000;
    seen.wall += jump;
    fetches[0]?.resolve(0);
    await moment();
    fetcher.noted(record, 2);
    await untilFetches(2);
    expect(seen.sleeps).toEqual([12_000]);
  },
);

it("doubles the pause after each refusal, but not after a lost connection", async () => {
  const { fetcher, fetches, untilFetches, seen } = stage();
  fetcher.noted(record, 1);
  for (let tries = 1; tries <= 5; tries += 1) {
    await untilFetches(tries);
    fetches[tries - 1]?.reject(new Fault("REPOSITORY_UNAVAILABLE", "It sent damaged git objects"));
  }
  await expect.poll(() => seen.reported).toEqual(["It sent damaged git objects"]);
  const before = seen.now;
  fetcher.noted(record, 2);
  await untilFetches(6);
  expect(seen.now - before).toBe(32_000);
  fetches[5]?.resolve(0);
  await expect.poll(() => seen.reported.at(-1)).toBeUndefined();
  seen.now += 600_000;
  fetcher.noted(record, 3);
  await untilFetches(7);
  fetches[6]?.reject(lost());
  await untilFetches(8);
  expect(seen.sleeps.at(-1)).toBeLessThan(2_000);
});

it("fetches no more than the limit, and reports that once for each turn without asking the session again", async () => {
  const { fetcher, fetches, untilFetches, seen } = stage(400);
  fetcher.noted(record, 1);
  expect(fetches[0]?.maxBytes).toBe(600);
  fetches[0]?.resolve(300);
  await expect.poll(() => seen.bytes).toBe(700);
  await moment();
  fetcher.noted(record, 2);
  await untilFetches(2);
  expect(fetches[1]?.maxBytes).toBe(300);
  fetches[1]?.reject(new Fault("REPOSITORY_UNAVAILABLE", tooManyBytes(record.name, 300)));
  const limited = `The work of session "${record.name}" has reached the limit of 1k, and is no longer fetched after each turn`;
  await expect.poll(() => seen.reported).toEqual([undefined, limited]);
  await moment();
  expect(fetches).toHaveLength(2);
  seen.bytes = 1_000;
  fetcher.noted(record, 3);
  await expect.poll(() => seen.reported).toEqual([undefined, limited, limited]);
  expect(fetches).toHaveLength(2);
});

it("fetches nothing from a session that is deleted during a pause", async () => {
  const { fetcher, fetches, seen } = stage();
  fetcher.noted(record, 1);
  fetcher.noted(record, 2);
  seen.isGone = true;
  fetches[0]?.resolve(5);
  await moment();
  await moment();
  expect([fetches.length, seen.bytes]).toEqual([1, 0]);
});
