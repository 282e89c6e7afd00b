import { parseJsonObject } from "@clauderon/base";
import { z } from "zod";

/** The file in the proxy's folder with the totals of its principals, by their names. */
export const USAGE_FILE = "usage.json";
/** The ConfigMap with the same in a cluster: a principal is a key, and its totals are JSON. */
export const USAGE_CONFIG_MAP = "clauderon-proxy-usage";

const countSchema = z.int().min(0);

/**
 * What a principal's calls of models used, as the proxy read it in the answers. Only calls with a credential of the proxy
 * count.
 */
export const usageTotalsSchema = z.object({
  calls: countSchema,
  /** Neither read from the cache nor written to it. */
  inputTokens: countSchema,
  cacheWriteTokens: countSchema,
  cacheReadTokens: countSchema,
  outputTokens: countSchema,
  /** In US dollars by the proxy's price list, without the calls that have no price. */
  costUsd: z.number().min(0),
  /** Calls of a model, or with a surcharge, that the price list does not have. */
  unpricedCalls: countSchema,
  lastCallTime: z.iso.datetime(),
});
export type UsageTotals = z.infer<typeof usageTotalsSchema>;

/** The totals in this JSON; undefined for anything else. */
export function parseUsageTotals(text: string): UsageTotals | undefined {
  return usageTotalsSchema.safeParse(parseJsonObject(text)).data;
}

/** The totals in the text of a {@link USAGE_FILE}; what is not valid is left out. */
export function parseUsageFile(text: string): ReadonlyMap<string, UsageTotals> {
  return new Map(
    Object.entries(parseJsonObject(text) ?? {}).flatMap(([principal, value]) => {
      const { data } = usageTotalsSchema.safeParse(value);
      return data === undefined ? [] : [[principal, data] as const];
    }),
  );
}

/** The totals in the data of a {@link USAGE_CONFIG_MAP}; what is not valid is left out. */
export function usageInConfigMap(data: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, UsageTotals> {
  return new Map(
    Object.entries(data ?? {}).flatMap(([principal, text]) => {
      const totals = parseUsageTotals(text);
      return totals === undefined ? [] : [[principal, totals] as const];
    }),
  );
}
