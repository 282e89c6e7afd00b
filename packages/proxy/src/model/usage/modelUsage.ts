/** What one call of a model's API used, as its answer says. */
export interface ModelUsage {
  readonly model: string;
  /** Neither read from the cache nor written to it. */
  readonly inputTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  /** True when the answer names something that changes the price: another tier, speed or place, or tools that are billed. */
  readonly hasSurcharge: boolean;
}

/** The members of a message's `usage`, which later events repeat and complete. */
export type UsageMembers = Readonly<Record<string, unknown>>;

const STANDARD: Readonly<Record<string, readonly unknown[]>> = {
  service_tier: ["standard"],
  speed: ["standard"],
  inference_geo: ["global", "not_available"],
};

/** The usage that these members say, in the form of Anthropic's Messages API. */
export function readUsage(model: string, members: UsageMembers): ModelUsage {
  const written = countOf(members["cache_creation_input_tokens"]);
  const byLifetime = objectOf(members["cache_creation"]);
  const longLived = Math.min(written, countOf(byLifetime["ephemeral_1h_input_tokens"]));
  return {
    model,
    inputTokens: countOf(members["input_tokens"]),
    cacheWrite5mTokens: written - longLived,
    cacheWrite1hTokens: longLived,
    cacheReadTokens: countOf(members["cache_read_input_tokens"]),
    outputTokens: countOf(members["output_tokens"]),
    hasSurcharge: hasSurcharge(members),
  };
}

function hasSurcharge(members: UsageMembers): boolean {
  const isOther = Object.entries(STANDARD).some(([name, values]) => {
    const value = members[name] ?? undefined;
    return value !== undefined && !values.includes(value);
  });
  return isOther || Object.values(objectOf(members["server_tool_use"])).some((requests) => requests !== 0);
}

function countOf(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

export function objectOf(value: unknown): UsageMembers {
  return typeof value === "object" && value !== null ? (value as UsageMembers) : {};
}
