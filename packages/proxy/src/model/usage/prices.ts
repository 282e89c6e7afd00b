/** Prices in US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
  readonly output: number;
}

const OPUS_FROM_4_5 = priceOf(5, 0.5, 25);
const SONNET_4 = priceOf(3, 0.3, 15);

/**
 * Prices of Anthropic's API, standard tier, on 2026-10-07, as "Pricing" (platform.claude.com/docs/en/about-claude/pricing)
 * and the overview of each model there (…/docs/en/models/haiku-5-5/overview and its like) list them. A model that is not
 * here has no price, and its cost is unknown. The ids are those of the API, without a date.
 */
export const PRICES: Readonly<Record<string, Price>> = {
  "claude-fable-5-1": priceOf(10, 0.25, 50),
  "claude-fable-5": priceOf(10, 1, 50),
  "claude-opus-5-5": priceOf(4, 0.2, 20),
  "claude-opus-5": OPUS_FROM_4_5,
  "claude-opus-4-8": OPUS_FROM_4_5,
  "claude-opus-4-7": OPUS_FROM_4_5,
  "claude-opus-4-6": OPUS_FROM_4_5,
  "claude-opus-4-5": OPUS_FROM_4_5,
  "claude-sonnet-5-5": priceOf(2, 0.1, 10),
  "claude-sonnet-5": priceOf(2, 0.2, 10),
  "claude-sonnet-4-6": SONNET_4,
  "claude-sonnet-4-5": SONNET_4,
  "claude-haiku-4-5": priceOf(1, 0.1, 5),
};

/** Models that cost more for long prompts, which count what is read from and written to the cache too. */
export const BY_PROMPT: Readonly<
  Record<string, { readonly upTo: number; readonly short: Price; readonly long: Price }>
> = {
  "claude-haiku-5-5": { upTo: 100_000, short: priceOf(0.1, 0.01, 0.5), long: priceOf(0.5, 0.05, 2.5) },
};

/** Writing to the cache costs 1.25 times the input for five minutes and twice the input for an hour, for every model. */
function priceOf(input: number, cacheRead: number, output: number): Price {
  return { input, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2, cacheRead, output };
}
