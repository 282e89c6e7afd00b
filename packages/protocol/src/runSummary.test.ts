import { describe, expect, it } from "vitest";
import { formatRunSummary, parseRunSummary, TERMINATION_MESSAGE_BYTES } from "./runSummary.ts";

describe("formatRunSummary", () => {
  it("fits the kubelet's limit whatever the agent said, and can be parsed", () => {
    const text = formatRunSummary({ outcome: "Succeeded", lastMessage: "🦆".repeat(5000), message: '"'.repeat(5000) });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(TERMINATION_MESSAGE_BYTES);
    expect(parseRunSummary(text)?.outcome).toBe("Succeeded");
  });
});

describe("parseRunSummary", () => {
  it("reads what formatRunSummary wrote", () => {
    const summary = { outcome: "Failed", reason: "RateLimited", turns: 3, costUSD: 0.25, lastMessage: "a\nb" } as const;
    expect(parseRunSummary(formatRunSummary(summary))).toEqual(summary);
  });

  it("removes what a terminal would act on", () => {
    const text = JSON.stringify({ outcome: "Failed", message: "\u001b]52;c;eA==\u0007red\u202e" });
    expect(parseRunSummary(text)?.message).toBe("]52;c;eA==red");
  });

  it("cuts texts to the given length", () => {
    const text = JSON.stringify({ outcome: "Failed", message: "x".repeat(3000) });
    expect(parseRunSummary(text, 100)?.message).toHaveLength(100);
  });

  it("returns undefined for everything that is not a summary", () => {
    const garbage = ["", "null", "[]", "{", '{"outcome":"Maybe"}', '{"outcome":"Failed","turns":-1}', "x".repeat(5000)];
    for (const text of garbage) expect(parseRunSummary(text), text.slice(0, 40)).toBeUndefined();
  });
});
