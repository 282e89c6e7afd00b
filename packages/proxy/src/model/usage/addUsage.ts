import type { AuditRecord, UsageTotals } from "@clauderon/protocol/proxy";

export type Totals = ReadonlyMap<string, UsageTotals>;

/** Most principals whose totals are kept: a ConfigMap holds a mebibyte, and totals are some 250 bytes. */
export const MAX_PRINCIPALS = 2_000;

/** The totals of one call. */
export function totalsOf(usage: NonNullable<AuditRecord["usage"]>, lastCallTime: string): UsageTotals {
  return {
    calls: 1,
    inputTokens: usage.inputTokens,
    cacheWriteTokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    cacheReadTokens: usage.cacheReadTokens,
    outputTokens: usage.outputTokens,
    costUsd: usage.costUsd ?? 0,
    unpricedCalls: usage.costUsd === undefined ? 1 : 0,
    lastCallTime,
  };
}

/** The totals of both. */
export function addTotals(totals: Totals, more: Totals): Totals {
  const sums = new Map(totals);
  for (const [principal, added] of more) {
    const known = sums.get(principal);
    sums.set(principal, known === undefined ? added : sum(known, added));
  }
  return sums;
}

/**
 * The totals without those that are too many: of principals without a grant, those whose last call is the longest ago. An
 * archived session has no grant.
 */
export function keepLatest(totals: Totals, hasGrant: (principal: string) => boolean): Totals {
  const excess = totals.size - MAX_PRINCIPALS;
  if (excess <= 0) return totals;
  const idle = [...totals].filter(([principal]) => !hasGrant(principal));
  const oldest = idle.toSorted(([, a], [, b]) => (a.lastCallTime < b.lastCallTime ? -1 : 1)).slice(0, excess);
  const dropped = new Set(oldest.map(([principal]) => principal));
  return new Map([...totals].filter(([principal]) => !dropped.has(principal)));
}

function sum(a: UsageTotals, b: UsageTotals): UsageTotals {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costUsd: a.costUsd + b.costUsd,
    unpricedCalls: a.unpricedCalls + b.unpricedCalls,
    lastCallTime: a.lastCallTime > b.lastCallTime ? a.lastCallTime : b.lastCallTime,
  };
}
