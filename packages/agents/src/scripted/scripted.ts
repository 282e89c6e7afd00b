import { parseJsonObject } from "@clauderon/base";
import { RUN_FAILURES } from "@clauderon/protocol";
import { z } from "zod";
import type { AgentAdapter, AgentStep } from "../agentAdapter.ts";

const count = z.number().int().nonnegative();

const failed = z.object({
  ok: z.literal(false),
  reason: z.enum(RUN_FAILURES),
  detail: z.string(),
  status: z.number().exactOptional(),
});

const step = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("init"),
    sessionId: z.string().exactOptional(),
    model: z.string().exactOptional(),
    detail: z.string(),
  }),
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("toolUse"), tool: z.string(), argument: z.string() }),
  z.object({ type: z.literal("toolResult"), text: z.string(), failed: z.boolean() }),
  z.object({ type: z.literal("retry"), detail: z.string(), delayMs: z.number().exactOptional() }),
  z.object({
    type: z.literal("result"),
    verdict: z.discriminatedUnion("ok", [z.object({ ok: z.literal(true) }), failed]),
    text: z.string().exactOptional(),
    turns: count.exactOptional(),
    inputTokens: count.exactOptional(),
    outputTokens: count.exactOptional(),
    costUSD: z.number().nonnegative().exactOptional(),
    durationMs: count.exactOptional(),
  }),
  z.object({ type: z.literal("other"), name: z.string() }),
]) satisfies z.ZodType<AgentStep>;

/**
 * Any program that reads the prompt from stdin and prints our own steps, one JSON object per line, is this agent. It is
 * the test double of the coding agents, and the shortest way to run an agent that has no adapter.
 *
 * The program finds the rest of its task in the file that `SCRIPTED_AGENT_CONFIG` names, which has the text of
 * agent.json.
 */
export const scripted: AgentAdapter = {
  name: "scripted",
  program: "scripted-agent",
  credentialVariables: [],
  launch({ config, scratchFolder }) {
    const path = `${scratchFolder}/agent.json`;
    return {
      args: [],
      environment: { SCRIPTED_AGENT_CONFIG: path },
      defaults: {},
      files: [{ path, content: JSON.stringify(config) }],
      stdin: config.prompt,
    };
  },
  skillFolder: (configFolder, skill) => `${configFolder}/skills/${skill}`,
  parseLine(line) {
    const parsed = step.safeParse(parseJsonObject(line));
    return parsed.success ? [parsed.data] : undefined;
  },
};
