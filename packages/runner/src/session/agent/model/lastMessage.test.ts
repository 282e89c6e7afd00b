import { describe, expect, it } from "vitest";
import { lastMessage } from "./lastMessage.ts";

describe("lastMessage", () => {
  it("keeps text, lines and tabs", () => {
    expect(lastMessage("Żółw 漢🦀\r\n\tdone\n")).toBe("Żółw 漢🦀\n\tdone");
  });

  it("drops what would act on a terminal or turn the text around", () => {
    expect(lastMessage("a\u001b[31mb\u001b]0;title\u0007c\u009b2Jd\u202ee\u007f")).toBe("ab]0;titlec2Jde");
  });

  it("is cut when it is too long, never within a character", () => {
    const cut = lastMessage("🦀".repeat(20_000)) ?? "";
    expect(cut.length).toBeLessThanOrEqual(16_384);
    expect(cut).toMatch(/^(🦀)+ \[…\]$/u);
  });

  it("is nothing when nothing is left", () => {
    expect(["", " \n", "\u0007\u001b[0m"].map(lastMessage)).toEqual([undefined, undefined, undefined]);
  });
});
