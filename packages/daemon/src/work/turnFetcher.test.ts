import { type Clock, Fault, silentLog } from "@clauderon/base";
import { expect, it } from "vitest";
import { exampleEntry } from "../session/model/exampleEntry.ts";
import { TurnFetcher } from "./turnFetcher.ts";

const { record } = exampleEntry();
const { signal } = new AbortController();

/** Whoever waits lets others go on, and no more. */
const clock: Clock = { now: () => 0, sleep: () => new Promise((resolve) => setImmediate(resolve)) };

function stage() {
  const pulls: PromiseWithResolvers<void>[] = [];
  const pull = async () => {
    const next = Promise.withResolvers<void>();
    pulls.push(next);
    await next.promise;
    return undefined as never;
  };
  const fetcher = new TurnFetcher({ work: { pull }, clock, log: silentLog, signal });
  const untilPulls = (count: number) => expect.poll(() => pulls.length).toBe(count);
  return { fetcher, pulls, untilPulls };
}

const lost = () => new Fault("SESSION_NOT_RUNNING", "The connection was lost");

it("fetches once for each turn, also for one that ends while it fetches", async () => {
  const { fetcher, pulls, untilPulls } = stage();
  fetcher.noted(record, 1);
  fetcher.noted(record, 1);
  fetcher.noted(record, 2);
  expect(pulls).toHaveLength(1);
  pulls[0]?.resolve();
  await untilPulls(2);
  pulls[1]?.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  fetcher.noted(record, 2);
  expect(pulls).toHaveLength(2);
});

it("fetches what it gave up as soon as it hears of the session again", async () => {
  const { fetcher, pulls, untilPulls } = stage();
  fetcher.noted(record, 1);
  for (let tries = 1; tries <= 5; tries += 1) {
    await untilPulls(tries);
    pulls[tries - 1]?.reject(lost());
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(pulls).toHaveLength(5);
  fetcher.noted(record, 1);
  await untilPulls(6);
  pulls[5]?.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  fetcher.noted(record, 1);
  expect(pulls).toHaveLength(6);
});
