import { type Clock, Fault, silentLog } from "@clauderon/base";
import { expect, it } from "vitest";
import { exampleEntry } from "../session/model/entry.fixture.ts";
import { TurnFetcher } from "./turnFetcher.ts";

const { record } = exampleEntry();
const { signal } = new AbortController();

/** Whoever waits lets others go on, and no more. */
const clock: Clock = { now: () => 0, sleep: () => new Promise((resolve) => setImmediate(resolve)) };

function stage() {
  const fetches: PromiseWithResolvers<void>[] = [];
  const fetch = async () => {
    const next = Promise.withResolvers<void>();
    fetches.push(next);
    await next.promise;
  };
  const fetcher = new TurnFetcher({ work: { fetch }, clock, log: silentLog, signal });
  const untilFetches = (count: number) => expect.poll(() => fetches.length).toBe(count);
  return { fetcher, fetches, untilFetches };
}

const lost = () => new Fault("SESSION_NOT_RUNNING", "The connection was lost");

it("fetches once for each turn, including a turn that ends during a fetch", async () => {
  const { fetcher, fetches, untilFetches } = stage();
  fetcher.noted(record, 1);
  fetcher.noted(record, 1);
  fetcher.noted(record, 2);
  expect(fetches).toHaveLength(1);
  fetches[0]?.resolve();
  await untilFetches(2);
  fetches[1]?.resolve();
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
  fetches[5]?.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  fetcher.noted(record, 1);
  expect(fetches).toHaveLength(6);
});

it("fetches the first turns of a new runner, which counts from the beginning", async () => {
  const { fetcher, fetches, untilFetches } = stage();
  const settle = async () => {
    fetches.at(-1)?.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  fetcher.noted(record, 3);
  await untilFetches(1);
  await settle();
  fetcher.noted(record, 0);
  fetcher.noted(record, 1);
  await untilFetches(2);
  await settle();
  // It was away meanwhile: the first that is heard of the next runner is as high as the last of the one before.
  fetcher.noted({ ...record, commit: "e".repeat(40) }, 1);
  await untilFetches(3);
  expect(fetches).toHaveLength(3);
});
