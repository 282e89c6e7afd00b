import { describe, expect, it } from "vitest";
import { findInteractiveAgent, INTERACTIVE_AGENTS } from "./agents.ts";
import { interactiveClaudeCode } from "./claudeCode/interactiveClaudeCode.ts";
import { codex } from "./codex/codex.ts";
import { gemini } from "./gemini/gemini.ts";
import { describeInteractiveAgent } from "./interactiveAgent.contract.ts";
import { interactiveScripted } from "./scripted/interactiveScripted.ts";

const hook = (hook_event_name: string, more: object = {}) => ({
  hook_event_name,
  session_id: "0193-ab",
  cwd: "/work",
  ...more,
});

describeInteractiveAgent({
  agent: interactiveClaudeCode,
  starts: hook("SessionStart", { source: "startup" }),
  takesPrompt: hook("UserPromptSubmit", { prompt: "Hello" }),
  usesTool: hook("PreToolUse", { tool_name: "Bash", tool_input: { command: "ls" } }),
  asksPermission: hook("PermissionRequest", { tool_name: "Bash" }),
  endsTurn: hook("Stop", { stop_hook_active: false, last_assistant_message: "Done." }),
  // As 2.1.330 says it.
  failsTurn: hook("StopFailure", { error: "billing_error", last_assistant_message: "No credit." }),
});

describeInteractiveAgent({
  agent: codex,
  starts: hook("SessionStart", { source: "startup" }),
  takesPrompt: hook("UserPromptSubmit", { prompt: "Hello" }),
  usesTool: hook("PreToolUse", { tool_name: "Bash", tool_input: { command: "ls" } }),
  asksPermission: hook("PermissionRequest", { tool_name: "Bash" }),
  endsTurn: hook("Stop", { stop_hook_active: false, last_assistant_message: "Done." }),
});

describeInteractiveAgent({
  agent: gemini,
  starts: hook("SessionStart", { source: "startup" }),
  takesPrompt: hook("BeforeAgent", { prompt: "Hello" }),
  usesTool: hook("BeforeTool", { tool_name: "run_shell_command" }),
  asksPermission: hook("Notification", { notification_type: "ToolPermission", message: "May I?" }),
  endsTurn: hook("AfterAgent", { prompt: "Hello", prompt_response: "Done." }),
});

describeInteractiveAgent({
  agent: interactiveScripted,
  starts: { activity: "Idle" },
  takesPrompt: { activity: "Working", conversationId: "0193-ab", takesPrompt: true },
  usesTool: { activity: "Working" },
  asksPermission: { activity: "WaitingForPermission" },
  endsTurn: { activity: "Idle", endsTurn: true, lastMessage: "Done." },
  failsTurn: { activity: "Failed", conversationId: "0193-ab", endsTurn: true, failure: "No credit." },
});

it("Claude Code learns that it is in a sandbox, because only there it bypasses permissions as root", () => {
  const task = {
    workingDirectory: "/work",
    home: "/home/agent",
    model: undefined,
    permissionMode: "bypassPermissions",
    conversationId: undefined,
    environment: {},
  } as const;
  expect(interactiveClaudeCode.launch({ ...task, isSandboxed: true }).defaults).toHaveProperty("IS_SANDBOX", "1");
  expect(interactiveClaudeCode.launch({ ...task, isSandboxed: false }).defaults).not.toHaveProperty("IS_SANDBOX");
});

describe("findInteractiveAgent", () => {
  it("finds each agent by its name, and refuses another", () => {
    expect(INTERACTIVE_AGENTS.map(({ name }) => findInteractiveAgent(name))).toEqual(INTERACTIVE_AGENTS);
    expect(() => findInteractiveAgent("cursor")).toThrow('There is no agent "cursor"');
  });
});
