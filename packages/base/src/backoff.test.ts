import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";

describe("backoffMs", () => {
  it("doubles from the base to the maximum", () => {
    const middle = [1, 2, 3, 10].map((failures) => backoffMs({ baseMs: 100, maxMs: 1000 }, failures, 0.5));
    expect(middle).toEqual([100, 200, 400, 1000]);
  });

  it("spreads a delay by a quarter either way", () => {
    const backoff = { baseMs: 100, maxMs: 1000 };
    expect([backoffMs(backoff, 1, 0), backoffMs(backoff, 1, 0.999_999)]).toEqual([75, 125]);
  });
});
