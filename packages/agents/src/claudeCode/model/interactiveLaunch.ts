import type { InteractiveLaunch, InteractiveTask } from "../../interactiveAgent.ts";
import { eventCommand, hookSettings } from "../../model/hooks.ts";

/** The hooks that tell what Claude Code does; all of them are in 2.1.330. */
const HOOKS = [
  "SessionStart",
  "UserPromptSubmit",
  "PreToolUse",
  "PostToolUse",
  "PostToolUseFailure",
  "PermissionRequest",
  "PermissionDenied",
  "Notification",
  "Stop",
  "StopFailure",
  "SessionEnd",
] as const;

/** Of an API key, Claude Code keeps this much to know it again. */
const KEY_TAIL = 20;

/**
 * Claude Code asks four things on its first start in a terminal: a theme and an account, whether to trust the folder,
 * whether a key in the environment may be used, and whether bypassing permissions is meant. A session's creation answers
 * them all, so the answers are written before it starts (seen with 2.1.330).
 */
export function launchInteractiveClaudeCode(task: InteractiveTask): InteractiveLaunch {
  const { workingDirectory, home, model, permissionMode, conversationId, environment } = task;
  const bypasses = permissionMode === "bypassPermissions";
  const key = environment["ANTHROPIC_API_KEY"];
  const state = {
    hasCompletedOnboarding: true,
    ...(bypasses ? { bypassPermissionsModeAccepted: true } : {}),
    ...(key === undefined ? {} : { customApiKeyResponses: { approved: [key.slice(-KEY_TAIL)], rejected: [] } }),
    projects: { [workingDirectory]: { hasTrustDialogAccepted: true } },
  };
  const settings = {
    ...(bypasses ? { skipDangerousModePermissionPrompt: true } : {}),
    hooks: hookSettings(HOOKS, eventCommand("${CLAUDE_PID:-$PPID}")),
  };
  return {
    args: [
      `--permission-mode=${permissionMode}`,
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(conversationId === undefined ? [] : [`--resume=${conversationId}`]),
    ],
    environment: {},
    defaults: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" },
    files: [
      { path: `${home}/.claude.json`, content: JSON.stringify(state) },
      { path: `${home}/.claude/settings.json`, content: JSON.stringify(settings) },
    ],
  };
}
