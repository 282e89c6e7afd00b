import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { phraseProblems } from "../../tools/texts/plainWords.ts";
import { developerTexts, pageTexts, programTexts } from "../../tools/texts/userTexts.ts";

const ROOT = join(import.meta.dirname, "../..");
const text = (words: string) => [{ file: "a.ts", place: "hint", text: words }];

describe("texts that users see", () => {
  it("are found in the packages, the chart and the examples", () => {
    const files = programTexts(ROOT).map(({ file }) => file);
    for (const part of ["packages/cli/", "packages/operator/", "charts/thurkube/templates/", "examples/"])
      expect(files.filter((file) => file.startsWith(part)).length, part).toBeGreaterThan(0);
    expect(files.length).toBeGreaterThan(1000);
  });

  it("of the programs are in plain words", () => {
    expect(phraseProblems(programTexts(ROOT))).toEqual([]);
  });

  it("of the pages are in plain words", () => {
    expect(phraseProblems(pageTexts(ROOT))).toEqual([]);
  });
});

describe("texts that developers read", () => {
  it("are found in sources and tests", () => {
    const files = developerTexts(ROOT).map(({ file }) => file);
    expect(files.filter((file) => file.endsWith(".test.ts")).length).toBeGreaterThan(100);
    expect(files.length).toBeGreaterThan(3000);
  });

  it("are in plain words", () => {
    const others = developerTexts(ROOT).filter(({ file }) => file !== "test/docs/plainWords.test.ts");
    expect(phraseProblems(others)).toEqual([]);
  });
});

describe("phraseProblems", () => {
  it.each([
    "The agent shall stop",
    "Listing anew",
    "Mend --image",
    "The pod is told to stop",
    "It tells of every change",
    "Shows what every session is at",
    "The run is still going on",
    "Includes runs that are over",
    "Nothing was changed by halves",
    "It is kept all the same",
    "The commit it sent is none",
    "The token lacks a right",
    "Whoever listens there",
    "The file is no list",
    "It failed without a word",
  ])("rejects %j and shows file, text and what to write", (words) => {
    const [problem, ...others] = phraseProblems(text(words));
    expect(problem).toMatch(/^a\.ts \(hint\): ".+" → .+\n {4}/);
    expect(problem).toContain(words);
    expect(others).toEqual([]);
  });

  it("accepts the words that readers know", () => {
    const plain =
      "The session keeps running over the network. There is none of them, the folder is no longer there, and no run over 5 minutes goes on standard output. Black is fixed again";
    expect(phraseProblems(text(plain))).toEqual([]);
  });
});
