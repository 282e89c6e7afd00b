import type { AgentEvent } from "@clauderon/agents";
import type { RunnerStatus } from "@clauderon/protocol";
import { lastMessage } from "./lastMessage.ts";

/** Fields of a status to set; undefined removes one. */
export type StatusChange = { readonly [K in keyof RunnerStatus]?: RunnerStatus[K] | undefined };

/**
 * What an event of the agent changes in its status. The agent's texts lose the session's credentials by `redact`, and
 * everything that a terminal acts on.
 */
export function eventStatus(event: AgentEvent, status: RunnerStatus, redact: (text: string) => string): StatusChange {
  const { activity, conversationId, endsTurn, failure } = event;
  // A failure stays in the status until the agent does something else.
  const isOver = status.activity === "Failed" && activity !== undefined;
  return {
    ...(isOver ? { message: undefined } : {}),
    ...(failure === undefined ? {} : { message: lastMessage(redact(failure)) }),
    ...(activity === undefined ? {} : { activity }),
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(endsTurn === undefined ? {} : { turns: status.turns + 1 }),
    ...(event.lastMessage === undefined ? {} : { lastMessage: lastMessage(redact(event.lastMessage)) }),
  };
}
