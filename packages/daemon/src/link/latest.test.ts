import { expect, it } from "vitest";
import { FakeClock } from "../../../../test/kit/fakeClock.ts";
import { Latest } from "./latest.ts";

it("publishes the first change at once, and of a crowd of changes the latest of each moment", async () => {
  const clock = new FakeClock();
  const published: number[] = [];
  const latest = new Latest<number>(clock, (value) => published.push(value));
  latest.set(1);
  expect(published).toEqual([1]);
  for (let value = 2; value <= 10_000; value += 1) latest.set(value);
  expect(published).toEqual([1]);
  await clock.advance(1_000);
  expect(published).toEqual([1, 10_000]);
  latest.set(7);
  expect(published).toEqual([1, 10_000, 7]);
});
