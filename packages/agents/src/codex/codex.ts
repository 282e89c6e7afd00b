import { parseJsonObject } from "@clauderon/base";
import { z } from "zod";
import type { AgentEvent, InteractiveAgent, InteractiveLaunch, InteractiveTask } from "../interactiveAgent.ts";
import { eventCommand, hookSettings } from "../model/hooks.ts";

const HOOKS = ["SessionStart", "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse", "Stop"] as const;

/** Codex either asks before it does what its sandbox does not allow, or never asks. */
const PERMISSIONS: Readonly<Record<InteractiveTask["permissionMode"], readonly string[]>> = {
  default: ["--ask-for-approval=on-request", "--sandbox=read-only"],
  acceptEdits: ["--ask-for-approval=on-request", "--sandbox=workspace-write"],
  plan: ["--ask-for-approval=never", "--sandbox=read-only"],
  bypassPermissions: ["--dangerously-bypass-approvals-and-sandbox"],
};

const hookSchema = z.object({
  hook_event_name: z.enum(HOOKS),
  session_id: z.string().min(1).max(256),
  last_assistant_message: z.string().nullish(),
});

/** Codex in a terminal. Written against 0.169.0. */
export const codex: InteractiveAgent = {
  name: "codex",
  program: "codex",
  credentialVariables: ["CODEX_API_KEY", "OPENAI_API_KEY"],
  limits: {
    failureEvents: "A failed turn is reported as finished, or not at all. The terminal shows why",
    startEvents: "Its activity is Unknown until the first prompt, because Codex runs its start hook only then",
    permissionModes: "Modes are sandboxes: acceptEdits also runs commands that write only in the working directory",
  },
  asText: (prompt) => (/^[!/]/.test(prompt) ? ` ${prompt}` : prompt),
  launch: launchCodex,
  readEvent: readCodexEvent,
};

function launchCodex({
  workingDirectory,
  home,
  model,
  permissionMode,
  conversationId,
}: InteractiveTask): InteractiveLaunch {
  // A JSON string is also a valid basic string in TOML.
  const projects = `projects={${JSON.stringify(workingDirectory)}={trust_level="trusted"}}`;
  return {
    args: [
      ...(conversationId === undefined ? [] : ["resume"]),
      "-c",
      "check_for_update_on_startup=false",
      "-c",
      projects,
      // The hooks are ours. Those of a repository run too, as they do in any trusted folder.
      "--dangerously-bypass-hook-trust",
      ...PERMISSIONS[permissionMode],
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(conversationId === undefined ? [] : ["--", conversationId]),
    ],
    environment: { CODEX_HOME: `${home}/.codex` },
    defaults: {},
    files: [
      { path: `${home}/.codex/hooks.json`, content: JSON.stringify({ hooks: hookSettings(HOOKS, eventCommand()) }) },
    ],
  };
}

function readCodexEvent(text: string): AgentEvent | undefined {
  const parsed = hookSchema.safeParse(parseJsonObject(text));
  if (!parsed.success) return undefined;
  const { hook_event_name: name, session_id: conversationId, last_assistant_message: said } = parsed.data;
  const events: Readonly<Record<(typeof HOOKS)[number], AgentEvent>> = {
    SessionStart: { activity: "Idle" },
    // Only from now on there is a conversation to resume.
    UserPromptSubmit: { activity: "Working", conversationId, takesPrompt: true },
    PreToolUse: { activity: "Working", conversationId },
    PermissionRequest: { activity: "WaitingForPermission", conversationId },
    PostToolUse: { activity: "Working", conversationId },
    Stop: { activity: "Idle", conversationId, endsTurn: true, ...(said ? { lastMessage: said } : {}) },
  };
  return events[name];
}
