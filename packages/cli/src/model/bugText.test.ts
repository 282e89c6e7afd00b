import { describe, expect, it } from "vitest";
import { bugText } from "./bugText.ts";

describe("bugText", () => {
  it("has the form of every error and shows the stack only on request", () => {
    expect(bugText(new TypeError("x is not a function"), false)).toMatch(
      /^error\[BUG\]: x is not a function\nhint: [^\n]+$/,
    );
    expect(bugText(new TypeError("x is not a function"), true)).toMatch(
      /^error\[BUG\]: TypeError: x is not a function\n {4}at [\s\S]+\nhint: [^\n]+$/,
    );
  });

  it("shows a thrown value that is not an Error", () => {
    expect(bugText("words", true)).toMatch(/^error\[BUG\]: words\nhint: /);
  });
});
