import { parseJsonObject } from "@clauderon/base";
import { z } from "zod";
import type { AgentEvent, InteractiveAgent, InteractiveLaunch, InteractiveTask } from "../interactiveAgent.ts";
import { eventCommand, hookSettings } from "../model/hooks.ts";

const HOOKS = ["SessionStart", "BeforeAgent", "BeforeTool", "Notification", "AfterTool", "AfterAgent"] as const;

/** Gemini's names for our modes. */
const APPROVAL: Readonly<Record<InteractiveTask["permissionMode"], string>> = {
  default: "default",
  acceptEdits: "auto_edit",
  plan: "plan",
  bypassPermissions: "yolo",
};

const hookSchema = z.object({
  hook_event_name: z.enum(HOOKS),
  session_id: z.string().min(1).max(256),
  notification_type: z.string().optional(),
  prompt_response: z.string().optional(),
});

/** Gemini CLI in a terminal. Written against 0.61.0. */
export const gemini: InteractiveAgent = {
  name: "gemini",
  program: "gemini",
  credentialVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  limits: {
    failureEvents: "A failed turn is reported as finished, or not at all. The terminal shows why",
    commands: "A prompt that begins with / may run as a command, and is then reported as not accepted",
    workEvents: "A question that does not ask for permission is reported as Working",
  },
  asText: (prompt) => (/^[!/?]/.test(prompt) ? ` ${prompt}` : prompt),
  launch: launchGemini,
  readEvent: readGeminiEvent,
};

function launchGemini({
  home,
  model,
  permissionMode,
  conversationId,
  environment,
}: InteractiveTask): InteractiveLaunch {
  const hasKey = gemini.credentialVariables.some((name) => environment[name] !== undefined);
  const settings = {
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    privacy: { usageStatisticsEnabled: false },
    // Without it Gemini asks for an account first.
    ...(hasKey ? { security: { auth: { selectedType: "gemini-api-key" } } } : {}),
    hooksConfig: { enabled: true, notifications: false },
    hooks: hookSettings(HOOKS, eventCommand()),
  };
  return {
    args: [
      `--approval-mode=${APPROVAL[permissionMode]}`,
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(conversationId === undefined ? [] : [`--resume=${conversationId}`]),
    ],
    environment: { GEMINI_CLI_TRUST_WORKSPACE: "true" },
    defaults: {},
    files: [{ path: `${home}/.gemini/settings.json`, content: JSON.stringify(settings) }],
  };
}

function readGeminiEvent(text: string): AgentEvent | undefined {
  const parsed = hookSchema.safeParse(parseJsonObject(text));
  if (!parsed.success) return undefined;
  const { hook_event_name: name, session_id: conversationId, prompt_response: said } = parsed.data;
  const asks = parsed.data.notification_type === "ToolPermission";
  const events: Readonly<Record<(typeof HOOKS)[number], AgentEvent | undefined>> = {
    SessionStart: { activity: "Idle" },
    BeforeAgent: { activity: "Working", conversationId, takesPrompt: true },
    BeforeTool: { activity: "Working", conversationId },
    Notification: asks ? { activity: "WaitingForPermission", conversationId } : undefined,
    AfterTool: { activity: "Working", conversationId },
    AfterAgent: { activity: "Idle", conversationId, endsTurn: true, ...(said ? { lastMessage: said } : {}) },
  };
  return events[name];
}
