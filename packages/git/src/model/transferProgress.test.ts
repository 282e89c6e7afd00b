import { describe, expect, it } from "vitest";
import { TransferProgress } from "./transferProgress.ts";

function told(...texts: readonly string[]): readonly string[] {
  const steps: string[] = [];
  const progress = new TransferProgress((step, percent) => steps.push(`${step} ${percent}`));
  for (const text of texts) progress.push(text);
  return steps;
}

describe("TransferProgress", () => {
  it("reports each step and percentage once, for both sides, however the text is split", () => {
    const text =
      "Enumerating objects: 9, done.\nCounting objects:  50% (1/2)\rCounting objects: 100% (2/2)\rCounting objects: 100% (2/2), done.\n" +
      "Writing objects:  33% (1/3), 1.20 MiB | 2.39 MiB/s\rremote: Resolving deltas:   0% (0/1)        \rTo clauderon::otter\n";
    const steps = ["Counting objects 50", "Counting objects 100", "Writing objects 33", "Resolving deltas 0"];
    expect(told(text)).toEqual(steps);
    expect(told(...text.split(""))).toEqual(steps);
  });

  it("reports a bounded number of steps and percentages from a remote that sends them without end", () => {
    const backAndForth = "remote: Counting objects:  10% (1/9)\rremote: Counting objects:   9% (1/9)\r".repeat(10_000);
    expect(told(backAndForth)).toEqual(["Counting objects 10"]);
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
    const invented = letters.flatMap((one) => letters.map((two) => `remote: ${one}${two}: 999% (1/1)\n`)).join("");
    expect(told(invented)).toHaveLength(32);
  });

  it("ignores a remote's messages and keeps only a bounded part of an endless line", () => {
    expect(told("remote: \u001b]52;c;aGk=\u0007: 50% \n", "x".repeat(1e6), "x".repeat(1e6), ": 50% (1/2)\n")).toEqual(
      [],
    );
  });
});
