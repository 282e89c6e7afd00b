import { describe, expect, it } from "vitest";
import { commentTexts, titleTexts } from "./commentTexts.ts";

describe("commentTexts", () => {
  it("lists each comment on one line, and joins line comments that follow each other", () => {
    const source = "/**\n * One\n * two.\n */\nconst a = 1; // Three\n\n// four\n// five\nf(); /* six */\n";
    expect(commentTexts("a.ts", source).map(({ place, text }) => `${place}: ${text}`)).toEqual([
      "line 1: One two.",
      "line 5: Three",
      "line 7: four five",
      "line 9: six",
    ]);
  });
});

describe("titleTexts", () => {
  it("lists titles and tables, and no other texts of a test", () => {
    const source = 'describe("a thing", () => { it.each([["with one row"]])("is %s", () => run("git commit it")); });';
    expect(titleTexts("a.ts", source).map(({ text }) => text)).toEqual(["a thing", "with one row"]);
  });
});
