import { describe, expect, it } from "vitest";
import { yamlTexts, paragraphTexts } from "./userTexts.ts";

describe("paragraphTexts", () => {
  it("joins the lines of a paragraph and keeps list items and table rows apart", () => {
    expect(
      paragraphTexts("a.md", "# One\n\nIt goes\non.\n- first\n- second\n").map(({ place, text }) => [place, text]),
    ).toEqual([
      ["One", "# One"],
      ["One", "It goes on."],
      ["One", "- first"],
      ["One", "- second"],
    ]);
  });
});

describe("yamlTexts", () => {
  it("joins comments on lines that follow each other", () => {
    const yaml = "# How many\n# replicas\nreplicas: 1 # one is enough\n\n# Other\n";
    expect(yamlTexts("a.yaml", yaml).map(({ text }) => text)).toEqual(["How many replicas one is enough", "Other"]);
  });
});
