import { parseJsonObject } from "@clauderon/base";
import { z } from "zod";
import type { AgentEvent } from "../../interactiveAgent.ts";

/** The parts of a hook's input that we read; the other parts differ from event to event. */
const hookSchema = z.object({
  hook_event_name: z.string(),
  session_id: z.string().min(1).max(256),
  tool_name: z.string().optional(),
  notification_type: z.string().optional(),
  last_assistant_message: z.string().optional(),
  error: z.string().optional(),
});

/** Tools that ask the user something instead of acting. */
const ASKING_TOOLS: readonly string[] = ["AskUserQuestion", "ExitPlanMode"];

/** What an event says about the agent, read from the hook's input. */
export function readHookActivity(text: string): AgentEvent | undefined {
  const parsed = hookSchema.safeParse(parseJsonObject(text));
  if (!parsed.success) return undefined;
  const { hook_event_name: name, session_id: conversationId, tool_name: tool = "" } = parsed.data;
  const { last_assistant_message: said, error } = parsed.data;
  const lastMessage = said === undefined ? {} : { lastMessage: said };
  const asks = ASKING_TOOLS.includes(tool);
  const events: Readonly<Record<string, AgentEvent | undefined>> = {
    SessionStart: { activity: "Idle" },
    // From now on there is a conversation on disk that can be resumed.
    UserPromptSubmit: { activity: "Working", conversationId, takesPrompt: true },
    PreToolUse: { activity: asks ? "WaitingForInput" : "Working", conversationId },
    PermissionRequest: { activity: asks ? "WaitingForInput" : "WaitingForPermission", conversationId },
    PermissionDenied: { activity: "Working", conversationId },
    PostToolUse: { activity: "Working", conversationId },
    PostToolUseFailure: { activity: "Working", conversationId },
    Notification: notification(parsed.data),
    Stop: { activity: "Idle", conversationId, endsTurn: true, ...lastMessage },
    StopFailure: { activity: "Failed", conversationId, endsTurn: true, failure: said ?? error ?? "The turn failed" },
  };
  return Object.hasOwn(events, name) ? events[name] : undefined;
}

/** Claude also sends notifications for what other events have already reported, such as being idle for a minute. */
function notification({ notification_type: type = "" }: z.output<typeof hookSchema>): AgentEvent | undefined {
  if (type === "permission_prompt") return { activity: "WaitingForPermission" };
  return type.startsWith("elicitation") ? { activity: "WaitingForInput" } : undefined;
}
