import type { UsageTotals } from "@clauderon/protocol/proxy";

const SCALES = [
  ["G", 1e9],
  ["M", 1e6],
  ["k", 1e3],
] as const;

/** What a session used, for people: `12 calls: 1.2M tokens in (1.1M from the cache), 34k out, $0.42`. */
export function usageText(usage: UsageTotals): string {
  const { calls, cacheReadTokens, outputTokens } = usage;
  const cached = cacheReadTokens === 0 ? "" : ` (${formatCount(cacheReadTokens)} from the cache)`;
  const tokens = `${formatCount(promptTokens(usage))} tokens in${cached}, ${formatCount(outputTokens)} out`;
  return `${calls} ${calls === 1 ? "call" : "calls"}: ${tokens}, ${costText(usage)}`;
}

/** The cells TOKENS and COST of a table. */
export function usageCells(usage: UsageTotals | undefined): readonly [string, string] {
  if (usage === undefined) return ["-", "-"];
  const { costUsd, unpricedCalls } = usage;
  const cost = costUsd === 0 && unpricedCalls > 0 ? "?" : `${formatDollars(costUsd)}${unpricedCalls > 0 ? "+" : ""}`;
  return [formatCount(promptTokens(usage) + usage.outputTokens), cost];
}

function costText({ calls, costUsd, unpricedCalls }: UsageTotals): string {
  if (unpricedCalls === 0) return formatDollars(costUsd);
  if (unpricedCalls === calls) return "cost unknown: the price list has no price for them";
  return `${formatDollars(costUsd)} and the unknown cost of ${unpricedCalls} ${unpricedCalls === 1 ? "call" : "calls"}`;
}

const promptTokens = ({ inputTokens, cacheWriteTokens, cacheReadTokens }: UsageTotals) =>
  inputTokens + cacheWriteTokens + cacheReadTokens;

/** A count in three digits: `999`, `1.2k`, `34M`. */
function formatCount(count: number): string {
  const [unit, size] = SCALES.find(([, each]) => count >= each) ?? ["", 1];
  const scaled = count / size;
  return `${scaled < 10 && size > 1 ? Math.floor(scaled * 10) / 10 : Math.floor(scaled)}${unit}`;
}

/** Cents, or all digits of less. */
function formatDollars(dollars: number): string {
  if (dollars === 0) return "$0";
  return `$${dollars.toFixed(dollars >= 0.01 ? 2 : 6)}`;
}
