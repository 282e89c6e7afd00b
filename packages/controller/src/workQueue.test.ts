import { describe, expect, it, vi } from "vitest";
import { FakeClock, settled } from "../../../test/kit/fakeClock.ts";
import { WorkQueue } from "./workQueue.ts";

function start(options: Partial<ConstructorParameters<typeof WorkQueue>[0]> = {}) {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, random: () => 0.5, ...options });
  return { clock, queue };
}

/** The keys that are handed out without time passing, each done at once. */
async function drain(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.length > 0) {
    const key = await queue.take();
    if (key === undefined) break;
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

describe("WorkQueue", () => {
  it("hands out a key once however often it was added, in the order of first adding", async () => {
    const { queue } = start();
    for (const key of ["a", "b", "a", "c", "b"]) queue.add(key);
    expect(queue.length).toBe(3);
    expect(await drain(queue)).toEqual(["a", "b", "c"]);
  });

  it("gives a waiting worker the next key that is added", async () => {
    const { queue } = start();
    const taken = queue.take();
    queue.add("a");
    expect(await taken).toBe("a");
  });

  it("never gives a key to a second worker while the first is working on it, and exactly once more when it was added meanwhile", async () => {
    const { queue } = start();
    queue.add("a");
    await queue.take();
    queue.add("a");
    queue.add("a");
    expect(queue.length).toBe(0);
    queue.done("a");
    expect(await drain(queue)).toEqual(["a"]);
  });

  it("adds a delayed key when it is due, not before", async () => {
    const { clock, queue } = start();
    queue.addAfter("a", 1000);
    await clock.advance(999);
    expect(queue.length).toBe(0);
    await clock.advance(1);
    expect(await drain(queue)).toEqual(["a"]);
  });

  it.each([
    [1000, 5000],
    [5000, 1000],
  ])("keeps the earliest of the delays %i and %i of a key", async (first, second) => {
    const { clock, queue } = start();
    queue.addAfter("a", first);
    queue.addAfter("a", second);
    await clock.advance(1000);
    expect(await drain(queue)).toEqual(["a"]);
    await clock.advance(10_000);
    expect(queue.length).toBe(0);
  });

  it("measures delays by elapsed time when the clock is changed", async () => {
    const { clock, queue } = start();
    queue.addAfter("a", 600_000);
    clock.jump(3_600_000);
    queue.addAfter("a", 1000);
    await clock.advance(1000);
    expect(queue.length).toBe(1);
  });

  it("doubles the delay of a key's retries up to the maximum, until it is forgotten", async () => {
    const { clock, queue } = start({ backoff: { baseMs: 100, maxMs: 300 } });
    const delays: (number | undefined)[] = [];
    const retry = async () => {
      queue.addRateLimited("a");
      delays.push(clock.nextInMs);
      await clock.advance(1000);
      await drain(queue);
    };
    for (let failure = 0; failure < 4; failure += 1) await retry();
    queue.forget("a");
    await retry();
    expect(delays).toEqual([100, 200, 300, 300, 100]);
  });

  it("spreads the retries of keys that fail together", async () => {
    let random = 0;
    const { clock, queue } = start({ backoff: { baseMs: 100, maxMs: 300 }, random: () => random });
    queue.addRateLimited("a");
    random = 0.99;
    queue.addRateLimited("b");
    await clock.advance(80);
    expect(await drain(queue)).toEqual(["a"]);
  });

  it("limits the retries of all keys together to the overall rate", async () => {
    const { clock, queue } = start({ backoff: { baseMs: 1, maxMs: 1 }, rate: { perSecond: 10, burst: 5 } });
    for (let key = 0; key < 25; key += 1) queue.addRateLimited(`k${key}`);
    await clock.advance(1);
    expect(queue.length).toBe(5);
    await clock.advance(1000);
    expect(queue.length).toBe(15);
    await clock.advance(1000);
    expect(queue.length).toBe(25);
  });

  it("drops waiting keys at shutdown, accepts no more, and drains when the taken keys are done", async () => {
    const { clock, queue } = start();
    queue.add("a");
    await queue.take();
    queue.add("b");
    queue.addAfter("c", 1000);
    const onDrained = vi.fn<() => void>();
    void queue.shutDown().then(onDrained);
    queue.add("d");
    queue.add("a");
    await settled();
    expect([await queue.take(), queue.length, clock.nextInMs]).toEqual([undefined, 0, undefined]);
    expect(onDrained).not.toHaveBeenCalled();
    queue.done("a");
    await settled();
    expect(onDrained).toHaveBeenCalled();
    expect(queue.length).toBe(0);
  });

  it("wakes waiting workers at shutdown", async () => {
    const { queue } = start();
    const taken = [queue.take(), queue.take()];
    await queue.shutDown();
    expect(await Promise.all(taken)).toEqual([undefined, undefined]);
  });
});
