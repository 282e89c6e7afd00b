import { expect, it } from "vitest";
import { FakeClock } from "../../../../test/kit/fakeClock.ts";
import { FrameAllowance } from "./frameAllowance.ts";

it("lets a crowd of frames through, and then so many in a second", async () => {
  const clock = new FakeClock();
  const allowance = new FrameAllowance(clock);
  const read = { frames: 0, isOver: false };
  const reading = async () => {
    while (!read.isOver) {
      read.frames += 1;
      await allowance.spend();
    }
  };
  const done = reading();
  await clock.advance(0);
  expect(read.frames).toBe(2_000);
  await clock.advance(10_000);
  expect(read.frames).toBeGreaterThan(6_500);
  expect(read.frames).toBeLessThan(7_100);
  read.isOver = true;
  await clock.advance(100);
  await done;
});

it("allows a crowd again after a quiet time, also when the wall clock was set back", async () => {
  const clock = new FakeClock();
  const allowance = new FrameAllowance(clock);
  const spend = (count: number) => Array.from({ length: count }, () => allowance.spend()).filter(Boolean).length;
  expect(spend(1_999)).toBe(0);
  clock.jump(-3_600_000);
  expect(spend(1)).toBe(1);
  await clock.advance(5_000);
  expect(spend(1_999)).toBe(0);
});
