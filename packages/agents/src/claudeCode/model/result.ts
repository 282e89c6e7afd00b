import type { RunFailure } from "@clauderon/protocol";
import { z } from "zod";
import type { ResultStep, Verdict } from "../../agentAdapter.ts";

const count = z.number().nonnegative().transform(Math.round).optional().catch(undefined);

/**
 * The closing event of `claude -p`. Unreadable figures are left out; `is_error` is required, since it decides the
 * outcome.
 */
export const resultEvent = z.object({
  is_error: z.boolean(),
  terminal_reason: z.string().nullish(),
  api_error_status: z.number().nullish(),
  api_error_type: z.string().nullish(),
  result: z.string().optional(),
  errors: z.array(z.string()).optional().catch(undefined),
  num_turns: count,
  duration_ms: count,
  total_cost_usd: z.number().nonnegative().optional().catch(undefined),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      cache_read_input_tokens: count,
      cache_creation_input_tokens: count,
    })
    .optional()
    .catch(undefined),
});

type ResultEvent = z.infer<typeof resultEvent>;

/**
 * Claude Code says `subtype: "success"` for refused requests too: only `is_error` and `terminal_reason` show the
 * outcome.
 */
export function toResultStep(event: ResultEvent): ResultStep {
  const { result, num_turns: turns, duration_ms: durationMs, total_cost_usd: costUSD } = event;
  return {
    type: "result",
    verdict: isSuccess(event) ? { ok: true } : failureOf(event),
    ...(result === undefined ? {} : { text: result }),
    ...(turns === undefined ? {} : { turns }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(costUSD === undefined ? {} : { costUSD }),
    ...tokensOf(event),
  };
}

/** Older versions do not send `terminal_reason`. */
function isSuccess({ is_error, terminal_reason }: ResultEvent): boolean {
  return !is_error && (terminal_reason ?? "completed") === "completed";
}

function tokensOf({ usage }: ResultEvent): Pick<ResultStep, "inputTokens" | "outputTokens"> {
  if (usage === undefined) return {};
  const { input_tokens = 0, cache_read_input_tokens = 0, cache_creation_input_tokens = 0, output_tokens = 0 } = usage;
  return {
    inputTokens: input_tokens + cache_read_input_tokens + cache_creation_input_tokens,
    outputTokens: output_tokens,
  };
}

function failureOf(event: ResultEvent): Verdict {
  const detail = event.result ?? event.errors?.join("; ") ?? event.terminal_reason ?? "no detail given";
  const status = event.api_error_status ?? undefined;
  return { ok: false, reason: reasonOf(event, detail), detail, ...(status === undefined ? {} : { status }) };
}

const REASON_BY_STATUS: Readonly<Record<number, RunFailure>> = {
  401: "AuthenticationFailed",
  402: "BillingError",
  403: "AuthenticationFailed",
  429: "RateLimited",
  529: "RateLimited",
};

// An account without credit is a plain 400, and a missing credential has no status at all: only the text says which.
function reasonOf(event: ResultEvent, detail: string): RunFailure {
  if (event.terminal_reason === "max_turns") return "MaxTurns";
  if (event.terminal_reason !== "api_error") return "AgentError";
  if (event.api_error_type === "billing_error" || /credit balance is too low/i.test(detail)) return "BillingError";
  if (/^not logged in/i.test(detail)) return "AuthenticationFailed";
  return REASON_BY_STATUS[event.api_error_status ?? 0] ?? "ModelError";
}
