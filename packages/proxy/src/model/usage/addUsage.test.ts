import type { UsageTotals } from "@clauderon/protocol/proxy";
import { describe, expect, it } from "vitest";
import { addTotals, keepLatest, MAX_PRINCIPALS, totalsOf } from "./addUsage.ts";

const CALL = {
  model: "claude-haiku-4-5",
  inputTokens: 10,
  cacheWrite5mTokens: 20,
  cacheWrite1hTokens: 5,
  cacheReadTokens: 30,
  outputTokens: 40,
  costUsd: 0.5,
};
const instant = (minute: number): string => new Date(Date.UTC(2026, 11, 1, 0, minute)).toISOString();

describe("addTotals", () => {
  it("adds calls to the totals of their principals, and counts those without a price", () => {
    const { costUsd: _costUsd, ...unpriced } = CALL;
    const totals = [totalsOf(CALL, instant(2)), totalsOf(unpriced, instant(1))]
      .map((each) => new Map([["web", each]]))
      .reduce<ReadonlyMap<string, UsageTotals>>(addTotals, new Map([["other", totalsOf(CALL, instant(0))]]));
    expect(totals.get("other")?.calls).toBe(1);
    expect(totals.get("web")).toEqual({
      calls: 2,
      inputTokens: 20,
      cacheWriteTokens: 50,
      cacheReadTokens: 60,
      outputTokens: 80,
      costUsd: 0.5,
      unpricedCalls: 1,
      lastCallTime: instant(2),
    });
  });
});

describe("keepLatest", () => {
  it("drops no principal with a grant, and of the others those that have called nothing for the longest time", () => {
    const count = MAX_PRINCIPALS + 2;
    const names = Array.from({ length: count }, (_, index) => [`p${index}`, totalsOf(CALL, instant(index))] as const);
    const kept = keepLatest(new Map(names), (principal) => principal === "p0");
    expect(kept.size).toBe(MAX_PRINCIPALS);
    expect(["p0", "p1", "p2", "p3"].map((name) => kept.has(name))).toEqual([true, false, false, true]);
    expect(keepLatest(new Map(names), () => true).size).toBe(count);
  });
});
