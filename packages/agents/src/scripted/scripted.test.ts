import { describe, expect, it } from "vitest";
import { describeAgentAdapter } from "../agentAdapter.contract.ts";
import { scripted } from "./scripted.ts";

const lines = [
  { type: "init", sessionId: "s", detail: "scripted" },
  { type: "text", text: "hi" },
  { type: "toolUse", tool: "Bash", argument: "ls" },
  { type: "toolResult", text: "", failed: false },
  { type: "result", verdict: { ok: true }, turns: 1 },
].map((step) => JSON.stringify(step));

describeAgentAdapter({
  adapter: scripted,
  succeeded: lines,
  refused: JSON.stringify({
    type: "result",
    verdict: { ok: false, reason: "AuthenticationFailed", detail: "no", status: 401 },
  }),
});

describe("scripted", () => {
  it("rejects a step with an impossible figure or reason", () => {
    const wrong = [
      { type: "result", verdict: { ok: true }, costUSD: -1 },
      { type: "result", verdict: { ok: true }, turns: 1.5 },
      { type: "result", verdict: { ok: false, reason: "Tired", detail: "" } },
    ];
    expect(wrong.map((step) => scripted.parseLine(JSON.stringify(step)))).toEqual([undefined, undefined, undefined]);
  });
});
