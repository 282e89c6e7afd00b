import { parseJsonObject } from "@clauderon/base";
import { ACTIVITIES } from "@clauderon/protocol";
import { z } from "zod";
import type { InteractiveAgent } from "../interactiveAgent.ts";

const eventSchema = z.strictObject({
  activity: z.enum(ACTIVITIES).exactOptional(),
  conversationId: z.string().min(1).max(256).exactOptional(),
  takesPrompt: z.literal(true).exactOptional(),
  endsTurn: z.literal(true).exactOptional(),
  lastMessage: z.string().exactOptional(),
  failure: z.string().exactOptional(),
});

/**
 * Any program in the terminal that writes our own events into the folder of EVENTS_VARIABLE. It is the test double of
 * the coding agents, and the shortest way to run an agent that has no adapter.
 */
export const interactiveScripted: InteractiveAgent = {
  name: "scripted",
  program: "scripted-agent",
  credentialVariables: [],
  limits: {},
  asText: (prompt) => prompt,
  launch: ({ conversationId, permissionMode, model }) => ({
    args: [
      `--permission-mode=${permissionMode}`,
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(conversationId === undefined ? [] : [`--resume=${conversationId}`]),
    ],
    environment: {},
    defaults: {},
    files: [],
  }),
  readEvent(text) {
    const parsed = eventSchema.safeParse(parseJsonObject(text));
    return parsed.success ? parsed.data : undefined;
  },
};
