import type { InteractiveLaunch, InteractiveTask } from "../../interactiveAgent.ts";
import { eventCommand, hookSettings } from "../../model/hooks.ts";

/** The hooks that report what Claude Code does; 2.1.330 has all of them. */
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

/** Claude Code remembers an approved API key by its last characters. */
const KEY_TAIL = 20;

/**
 * Claude Code asks four things on its first start in a terminal: which theme and account to use, whether to trust the
 * folder, whether to use a key from the environment, and whether to really bypass permissions. Creating a session
 * answers all of them, so the answers are written before Claude Code starts (seen with 2.1.330).
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
    defaults: {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      // Without it, Claude Code 2.1.330 refuses to bypass permissions when root runs it.
      ...(task.isSandboxed ? { IS_SANDBOX: "1" } : {}),
    },
    files: [
      { path: `${home}/.claude.json`, content: JSON.stringify(state) },
      { path: `${home}/.claude/settings.json`, content: JSON.stringify(settings) },
    ],
  };
}
