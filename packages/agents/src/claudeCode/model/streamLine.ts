import { parseJsonObject } from "@clauderon/base";
import { z } from "zod";
import type { AgentStep } from "../../agentAdapter.ts";
import { resultEvent, toResultStep } from "./result.ts";

// Only what we read is declared, and leniently: a newer Claude Code may add events, members and block types.
const block = z.object({
  type: z.string(),
  text: z.string().optional(),
  name: z.string().optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  content: z.unknown().optional(),
  is_error: z.boolean().nullish(),
});

const message = z.object({ content: z.union([z.string(), z.array(block)]) });

const event = z.object({ type: z.string(), subtype: z.string().optional() });

const init = z.object({
  session_id: z.string(),
  model: z.string().optional(),
  claude_code_version: z.string().optional(),
  tools: z.array(z.string()).optional(),
  mcp_servers: z.array(z.object({ name: z.string(), status: z.string() })).optional(),
});

const retry = z.object({
  attempt: z.number(),
  max_retries: z.number(),
  retry_delay_ms: z.number().optional(),
  error_status: z.number().nullish(),
  error: z.string().optional(),
});

type Block = z.infer<typeof block>;

/** One line of `claude -p --output-format stream-json --verbose`. */
export function parseStreamLine(line: string): readonly AgentStep[] | undefined {
  const value = parseJsonObject(line);
  const parsed = event.safeParse(value);
  if (!parsed.success) return undefined;
  const { type, subtype } = parsed.data;
  const steps = readEvent(value, type, subtype);
  return steps ?? [{ type: "other", name: subtype === undefined ? type : `${type}/${subtype}` }];
}

function readEvent(value: unknown, type: string, subtype: string | undefined): readonly AgentStep[] | undefined {
  if (type === "result") return read(resultEvent, value, (each) => [toResultStep(each)]);
  if (type === "system" && subtype === "init") return read(init, value, (each) => [toInit(each)]);
  if (type === "system" && subtype === "api_retry") return read(retry, value, (each) => [toRetry(each)]);
  if (type !== "assistant" && type !== "user") return undefined;
  return read(z.object({ message }), value, (each) => toSteps(each.message.content, type));
}

function read<T>(schema: z.ZodType<T>, value: unknown, toSteps: (parsed: T) => readonly AgentStep[] | undefined) {
  const parsed = schema.safeParse(value);
  return parsed.success ? toSteps(parsed.data) : undefined;
}

function toInit(each: z.infer<typeof init>): AgentStep {
  const parts = [
    `claude-code ${each.claude_code_version ?? "(unknown version)"}`,
    ...(each.model === undefined ? [] : [`model ${each.model}`]),
    ...(each.tools === undefined ? [] : [`tools ${each.tools.join(" ") || "none"}`]),
    ...(each.mcp_servers ?? []).map(({ name, status }) => `mcp server ${name} ${status}`),
  ];
  return {
    type: "init",
    sessionId: each.session_id,
    ...(each.model === undefined ? {} : { model: each.model }),
    detail: parts.join(", "),
  };
}

/** A request without an answer (no such host, no route, a cut connection) has the error "unknown" and no status. */
function toRetry(each: z.infer<typeof retry>): AgentStep {
  const { error = "unknown", error_status: status } = each;
  const known = typeof status === "number" ? `${error} (${status})` : error;
  const cause = known === "unknown" ? "no answer from the model's API" : known;
  return {
    type: "retry",
    detail: `${cause}, attempt ${each.attempt} of ${each.max_retries}`,
    ...(each.retry_delay_ms === undefined ? {} : { delayMs: each.retry_delay_ms }),
  };
}

/** A user message without a tool result is the prompt, or text that the agent added itself (a skill): not a step. */
function toSteps(content: string | readonly Block[], from: "assistant" | "user"): readonly AgentStep[] | undefined {
  const blocks = typeof content === "string" ? [{ type: "text", text: content, content: undefined }] : content;
  const steps = blocks.flatMap((each) => toStep(each, from));
  return steps.length === 0 ? undefined : steps;
}

function toStep(each: Block, from: "assistant" | "user"): readonly AgentStep[] {
  if (each.type === "tool_result") {
    return [{ type: "toolResult", text: resultText(each.content), failed: each.is_error === true }];
  }
  if (from === "user") return [];
  if (each.type === "tool_use") {
    return [{ type: "toolUse", tool: each.name ?? "unknown", argument: mainArgument(each.input ?? {}) }];
  }
  return each.type === "text" && each.text !== undefined ? [{ type: "text", text: each.text }] : [];
}

function resultText(content: unknown): string {
  if (typeof content === "string") return content;
  const blocks = z.array(block).safeParse(content);
  if (!blocks.success) return "";
  return blocks.data.map((each) => each.text ?? `(${each.type})`).join("\n");
}

const MAIN_ARGUMENTS = ["command", "file_path", "notebook_path", "path", "pattern", "url", "query", "skill", "prompt"];

function mainArgument(input: Readonly<Record<string, unknown>>): string {
  const main = MAIN_ARGUMENTS.map((name) => input[name]).find((value) => typeof value === "string");
  return typeof main === "string" ? main : JSON.stringify(input);
}
