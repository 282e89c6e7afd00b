import { describe, expect, it } from "vitest";
import { isDnsLabel, MAX_NAME, safeName } from "./safeName.ts";

describe("safeName", () => {
  it("keeps a name that is already safe", () => {
    expect(safeName("pr-fixer", "config")).toBe("pr-fixer-config");
  });

  it("limits every result to 63 characters and to the form of a DNS label", () => {
    for (const readable of ["a".repeat(200), "Ünï/cöde", "--", "a.b.c", `${"x".repeat(50)}-${"y".repeat(12)}`, ""]) {
      const name = safeName(readable, "0123456789");
      expect(name.length).toBeLessThanOrEqual(MAX_NAME);
      expect(isDnsLabel(name), name).toBe(true);
    }
  });

  it("gives different names to two inputs that clean or cut to the same text", () => {
    const long = "a".repeat(70);
    expect(safeName(`${long}b`, "config")).not.toBe(safeName(`${long}c`, "config"));
    expect(safeName("a.b")).not.toBe(safeName("a-b"));
  });
});
