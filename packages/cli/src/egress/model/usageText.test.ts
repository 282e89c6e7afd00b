import type { UsageTotals } from "@clauderon/protocol/proxy";
import { describe, expect, it } from "vitest";
import { usageCells, usageText } from "./usageText.ts";

const USAGE: UsageTotals = {
  calls: 12,
  inputTokens: 999,
  cacheWriteTokens: 100_000,
  cacheReadTokens: 1_149_001,
  outputTokens: 34_567,
  costUsd: 0.4199,
  unpricedCalls: 0,
  lastCallTime: "2026-12-01T03:00:00.000Z",
};

describe("usageText", () => {
  it.each([
    [{}, "12 calls: 1.2M tokens in (1.1M from the cache), 34k out, $0.42", ["1.2M", "$0.42"]],
    [
      { calls: 1, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 5, costUsd: 0.000_456 },
      "1 call: 999 tokens in, 5 out, $0.000456",
      ["1k", "$0.000456"],
    ],
    [
      { unpricedCalls: 2 },
      "12 calls: 1.2M tokens in (1.1M from the cache), 34k out, $0.42 and the unknown cost of 2 calls",
      ["1.2M", "$0.42+"],
    ],
    [
      { unpricedCalls: 12, costUsd: 0 },
      "12 calls: 1.2M tokens in (1.1M from the cache), 34k out, cost unknown: the price list has no price for them",
      ["1.2M", "?"],
    ],
    [
      { costUsd: 0.009_96 },
      "12 calls: 1.2M tokens in (1.1M from the cache), 34k out, $0.009960",
      ["1.2M", "$0.009960"],
    ],
    [{ costUsd: 1234.5 }, "12 calls: 1.2M tokens in (1.1M from the cache), 34k out, $1234.50", ["1.2M", "$1234.50"]],
  ] as const)("shows %j", (changes, text, cells) => {
    expect(usageText({ ...USAGE, ...changes })).toBe(text);
    expect(usageCells({ ...USAGE, ...changes })).toEqual(cells);
  });

  it("shows nothing for a session without calls", () => {
    expect(usageCells(undefined)).toEqual(["-", "-"]);
  });
});
