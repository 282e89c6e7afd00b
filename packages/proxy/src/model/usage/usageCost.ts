import type { AuditRecord } from "@clauderon/protocol/proxy";
import type { ModelUsage } from "./modelUsage.ts";
import { BY_PROMPT, type Price, PRICES } from "./prices.ts";

const MILLION = 1_000_000;

/** What a call cost in US dollars by the price list; undefined when the list does not say it, and never a guess. */
export function usageCost(usage: ModelUsage): number | undefined {
  const price = priceOf(usage);
  if (price === undefined || usage.hasSurcharge) return undefined;
  const parts = [
    usage.inputTokens * price.input,
    usage.cacheWrite5mTokens * price.cacheWrite5m,
    usage.cacheWrite1hTokens * price.cacheWrite1h,
    usage.cacheReadTokens * price.cacheRead,
    usage.outputTokens * price.output,
  ];
  return parts.reduce((sum, part) => sum + part, 0) / MILLION;
}

function priceOf(usage: ModelUsage): Price | undefined {
  // The API answers with the dated form of an id: claude-haiku-4-5-20251001.
  const id = usage.model.replace(/-20\d{6}$/, "");
  const byPrompt = Object.hasOwn(BY_PROMPT, id) ? BY_PROMPT[id] : undefined;
  if (byPrompt === undefined) return Object.hasOwn(PRICES, id) ? PRICES[id] : undefined;
  const { inputTokens, cacheWrite5mTokens, cacheWrite1hTokens, cacheReadTokens } = usage;
  const prompt = inputTokens + cacheWrite5mTokens + cacheWrite1hTokens + cacheReadTokens;
  return prompt <= byPrompt.upTo ? byPrompt.short : byPrompt.long;
}

/** The usage as the audit has it. */
export function pricedUsage(usage: ModelUsage): NonNullable<AuditRecord["usage"]> {
  const { hasSurcharge: _hasSurcharge, ...counts } = usage;
  const costUsd = usageCost(usage);
  return { ...counts, ...(costUsd === undefined ? {} : { costUsd }) };
}
