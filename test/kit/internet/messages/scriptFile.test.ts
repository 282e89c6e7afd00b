import { describe, expect, it } from "vitest";
import { parseScriptFile } from "./scriptFile.ts";
import { text, toolUse } from "./turns.ts";

describe("parseScriptFile", () => {
  it("reads a list of turns, single steps and lists of steps alike", () => {
    const json = JSON.stringify([[text("a"), toolUse("Bash", { command: "ls" })], text("b")]);
    expect(parseScriptFile(json)).toEqual({
      script: [[text("a"), toolUse("Bash", { command: "ls" })], [text("b")]],
    });
  });

  it("reads scenarios and tokens", () => {
    const json = JSON.stringify({
      scenarios: [{ name: "x", when: { prompt: "p" }, script: [text("a")] }],
      tokens: ["t"],
    });
    expect(parseScriptFile(json)).toEqual({
      scenarios: [{ name: "x", when: { prompt: "p" }, script: [[text("a")]] }],
      tokens: ["t"],
    });
  });

  it.each([
    ['[{"type":"txt","text":"a"}]', /script, turn 1, step 1: type must be one of text, toolUse/],
    [
      '[[{"type":"text","text":"a"},{"type":"toolUse"}]]',
      /script, turn 1, step 2: a toolUse step needs name and input/,
    ],
    ['{"scenarios":[{"name":"x"}]}', /scenario "x": expected a list of turns/],
    ["7", /holds a list of turns, or an object/],
  ])("refuses %s", (json, message) => {
    expect(() => parseScriptFile(json)).toThrow(message);
  });
});
