import { describe, expect, it } from "vitest";
import { describeAgentAdapter } from "../agentAdapter.contract.ts";
import { claudeCode } from "./claudeCode.ts";

// As Claude Code 2.1.330 prints them, shortened.
const INIT = {
  type: "system",
  subtype: "init",
  cwd: "/workspace",
  session_id: "b10db849",
  tools: ["Bash", "Read"],
  mcp_servers: [{ name: "echo", status: "failed", source: "dynamic" }],
  model: "claude-opus-5-5",
  claude_code_version: "2.1.330",
};
const says = (...content: readonly object[]) => ({ type: "assistant", message: { role: "assistant", content } });
const told = (...content: readonly object[]) => ({ type: "user", message: { role: "user", content } });
const RESULT = {
  type: "result",
  subtype: "success",
  is_error: false,
  terminal_reason: "completed",
  api_error_status: null,
  result: "All done",
  num_turns: 2,
  duration_ms: 368,
  total_cost_usd: 0.00088,
  usage: { input_tokens: 20, cache_read_input_tokens: 100, cache_creation_input_tokens: 5, output_tokens: 40 },
};
const REFUSED = {
  ...RESULT,
  is_error: true,
  terminal_reason: "api_error",
  api_error_status: 401,
  api_error_type: "authentication_error",
  result: "Invalid API key · Fix external API key",
};

const parse = (event: object) => claudeCode.parseLine(JSON.stringify(event));
const use = (name: string, input: object) => parse(says({ type: "tool_use", name, input }));

describeAgentAdapter({
  adapter: claudeCode,
  succeeded: [
    INIT,
    says({ type: "thinking", thinking: "Hm" }),
    says(
      { type: "text", text: "I will run it" },
      { type: "tool_use", id: "1", name: "Bash", input: { command: "ls" } },
    ),
    told({ type: "tool_result", tool_use_id: "1", content: "a\nb", is_error: false }),
    { type: "rate_limit_event" },
    RESULT,
  ].map((event) => JSON.stringify(event)),
  refused: JSON.stringify(REFUSED),
});

describe("claudeCode.parseLine", () => {
  it("names version, model, tools and the state of each MCP server at the start", () => {
    const detail = "claude-code 2.1.330, model claude-opus-5-5, tools Bash Read, mcp server echo failed";
    expect(parse(INIT)).toEqual([{ type: "init", sessionId: "b10db849", model: "claude-opus-5-5", detail }]);
  });

  it("shows a tool's main argument, or all arguments when the main one is unknown", () => {
    expect(use("Edit", { old_string: "a", file_path: "/x.ts" })).toEqual([
      { type: "toolUse", tool: "Edit", argument: "/x.ts" },
    ]);
    expect(use("mcp__a__b", { text: "hi" })).toEqual([
      { type: "toolUse", tool: "mcp__a__b", argument: '{"text":"hi"}' },
    ]);
  });

  it("joins the parts of a tool's result and recognizes a failed result", () => {
    const content = [
      { type: "text", text: "one" },
      { type: "image", source: {} },
    ];
    expect(parse(told({ type: "tool_result", content, is_error: true }))).toEqual([
      { type: "toolResult", text: "one\n(image)", failed: true },
    ]);
  });

  it("reports a retry with its cause, status and attempt", () => {
    const retry = { type: "system", subtype: "api_retry", attempt: 1, max_retries: 2, retry_delay_ms: 511 };
    expect(parse({ ...retry, error_status: 429, error: "rate_limit" })).toEqual([
      { type: "retry", detail: "rate_limit (429), attempt 1 of 2", delayMs: 511 },
    ]);
    expect(parse({ ...retry, error_status: null, error: "unknown" })).toEqual([
      { type: "retry", detail: "no answer from the model's API, attempt 1 of 2", delayMs: 511 },
    ]);
  });

  it("reads unknown and invalid events as other", () => {
    expect(parse({ type: "system", subtype: "hook_started" })).toEqual([
      { type: "other", name: "system/hook_started" },
    ]);
    expect(parse({ type: "assistant", message: 7 })).toEqual([{ type: "other", name: "assistant" }]);
    expect(parse({ type: "user", message: { content: "the prompt" } })).toEqual([{ type: "other", name: "user" }]);
    expect(parse({ type: "result" })).toEqual([{ type: "other", name: "result" }]);
  });

  it("counts cached tokens as input and leaves out impossible figures", () => {
    expect(parse(RESULT)).toEqual([
      {
        type: "result",
        verdict: { ok: true },
        text: "All done",
        turns: 2,
        durationMs: 368,
        costUSD: 0.00088,
        inputTokens: 125,
        outputTokens: 40,
      },
    ]);
    const odd = { type: "result", is_error: false, num_turns: -1, total_cost_usd: "free", usage: null };
    expect(parse(odd)).toEqual([{ type: "result", verdict: { ok: true } }]);
  });

  it.each([
    ["MaxTurns", { terminal_reason: "max_turns", subtype: "error_max_turns", errors: ["Reached 2"] }],
    ["RateLimited", { terminal_reason: "api_error", api_error_status: 429 }],
    ["RateLimited", { terminal_reason: "api_error", api_error_status: 529 }],
    ["AuthenticationFailed", { terminal_reason: "api_error", api_error_status: 403 }],
    ["AuthenticationFailed", { terminal_reason: "api_error", result: "Not logged in · Please run /login" }],
    ["BillingError", { terminal_reason: "api_error", api_error_status: 402 }],
    ["BillingError", { terminal_reason: "api_error", api_error_status: 400, result: "Credit balance is too low" }],
    ["ModelError", { terminal_reason: "api_error", api_error_status: 500 }],
    ["ModelError", { terminal_reason: "api_error", result: "Connection refused" }],
    ["AgentError", { subtype: "success", terminal_reason: "completed" }],
    ["AgentError", { subtype: "error_during_execution" }],
    ["MaxTurns", { is_error: false, terminal_reason: "max_turns" }],
    ["AgentError", { is_error: false, subtype: "success", terminal_reason: "aborted_streaming" }],
  ])("gives %s for %o", (reason, event) => {
    const [step] = parse({ type: "result", is_error: true, ...event }) ?? [];
    expect(step).toMatchObject({ type: "result", verdict: { ok: false, reason } });
  });
});
