import { describe, expect, it } from "vitest";
import { TokenBucket } from "./tokenBucket.ts";

describe("TokenBucket", () => {
  it("grants the burst immediately, then one token at a time as it refills", () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 2 }, 0);
    const taken = [0, 0, 0, 499, 500, 500, 1000].map((now) => bucket.tryTake(now));
    expect(taken).toEqual([true, true, false, false, true, false, true]);
  });

  it("never holds more than the burst", () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 2 }, 0);
    expect([1, 2, 3].map(() => bucket.tryTake(3_600_000))).toEqual([true, true, false]);
  });

  it("tells a caller that reserves beyond the burst when its token is due", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 1 }, 0);
    expect([0, 0, 0, 100].map((now) => bucket.reserve(now))).toEqual([0, 100, 200, 200]);
  });
});
