import { describe, expect, it } from "vitest";
import { quantityNanos } from "./quantity.ts";

describe("quantityNanos", () => {
  it.each([
    ["1", "1000m"],
    ["0.5", "500m"],
    ["1Gi", "1024Mi"],
    ["1.5Gi", "1536Mi"],
    ["2e3", "2k"],
    ["2E3", "2000"],
    ["1E", "1000P"],
    ["-1.5", "-1500m"],
    [".5", "500m"],
    ["5.", "5"],
    [2, "2"],
    ["0.0000000001", "1n"],
  ])("gives %s and %s the same value", (left, right) => {
    expect(quantityNanos(left)).toBe(quantityNanos(right));
    expect(quantityNanos(left)).toBeDefined();
  });

  it("distinguishes decimal and binary units", () => {
    expect(quantityNanos("1G")).not.toBe(quantityNanos("1Gi"));
  });

  it.each(["", "m", ".", "1 Gi", "1gi", "1e", "1Mi5", "1e3Ki", "0x10", null, {}, true])(
    "finds no quantity in %j",
    (text) => {
      expect(quantityNanos(text)).toBeUndefined();
    },
  );
});
