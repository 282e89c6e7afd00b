import { describe, expect, it } from "vitest";
import { stepLines } from "./stepLines.ts";

describe("stepLines", () => {
  it("prints a line for each line of the agent, up to a limit that it reports", () => {
    expect(stepLines({ type: "text", text: "one\r\n\n  two\n" })).toEqual([
      ["says", "one"],
      ["says", "  two"],
    ]);
    const many = stepLines({ type: "text", text: "x\n".repeat(50) });
    expect(many).toHaveLength(41);
    expect(many.at(-1)).toEqual(["says", "(+10 lines)"]);
  });

  it("prints a tool's first line and the number of the others", () => {
    expect(stepLines({ type: "toolUse", tool: "Bash", argument: "a\nb" })).toEqual([["Bash", "a (+1 line)"]]);
    expect(stepLines({ type: "toolResult", text: "", failed: false })).toEqual([["  ok", ""]]);
    expect(stepLines({ type: "toolResult", text: "no\n1\n2", failed: true })).toEqual([["  failed", "no (+2 lines)"]]);
  });

  it("ends with the known figures", () => {
    const failed = { ok: false, reason: "MaxTurns", detail: "Reached 2" } as const;
    expect(stepLines({ type: "result", verdict: failed, turns: 1, durationMs: 1_250 })).toEqual([
      ["result", "failed, MaxTurns: Reached 2, 1 turn, 1.3 s"],
    ]);
    expect(stepLines({ type: "result", verdict: { ok: true } })).toEqual([["result", "succeeded"]]);
  });

  it("shows nothing of other events", () => {
    expect(stepLines({ type: "other", name: "ping" })).toEqual([]);
  });
});
