import { cleanText, parseJsonObject, utf8Length } from "@clauderon/base";
import { z } from "zod";

/** How a run ended. `outcome` decides; everything else explains. */
export const RUN_OUTCOMES = ["Succeeded", "Failed"] as const;

/**
 * Why a run failed, as one CamelCase word; stable, shown as the reason of conditions, explained in docs/errors.md.
 *
 * AuthenticationFailed: the model API refused the credential (401, 403). RateLimited: 429 or 529 after all retries.
 * BillingError: the account has no credit. ModelError: any other answer of the model API. MaxTurns: the agent's own
 * limit. AgentError: the agent reported is_error for another reason. AgentCrashed: it exited or was killed without a
 * result. NoResult: it exited 0 without a result. Stopped: the run received SIGTERM. TimedOut: its deadline passed.
 * CloneFailed, SkillFailed, ConfigInvalid, AgentMissing, BoundaryLeaks: the run failed before the agent started.
 */
export const RUN_FAILURES = [
  "AuthenticationFailed",
  "RateLimited",
  "BillingError",
  "ModelError",
  "MaxTurns",
  "AgentError",
  "AgentCrashed",
  "NoResult",
  "Stopped",
  "TimedOut",
  "CloneFailed",
  "SkillFailed",
  "ConfigInvalid",
  "AgentMissing",
  "BoundaryLeaks",
] as const;

export type RunFailure = (typeof RUN_FAILURES)[number];

const count = z.number().int().nonnegative();

/**
 * The runner's report of one run, JSON in the container's termination message (at most 4096 bytes, the kubelet's
 * limit).
 *
 * It comes from a pod that ran untrusted code: read it only through {@link parseRunSummary}.
 */
export const runSummarySchema = z.object({
  outcome: z.enum(RUN_OUTCOMES),
  reason: z.enum(RUN_FAILURES).optional(),
  message: z.string().optional(),
  agent: z.string().max(64).optional(),
  sessionId: z.string().max(128).optional(),
  model: z.string().max(128).optional(),
  turns: count.optional(),
  inputTokens: count.optional(),
  outputTokens: count.optional(),
  costUSD: z.number().nonnegative().finite().optional(),
  durationMs: count.optional(),
  branch: z.string().max(255).optional(),
  ranOn: z.string().optional(),
  boundaryVerified: z.boolean().optional(),
  lastMessage: z.string().optional(),
});

export type RunSummary = z.infer<typeof runSummarySchema>;

/** The kubelet truncates a termination message beyond this many bytes (Kubernetes, "Determine the Reason for Pod Failure"). */
export const TERMINATION_MESSAGE_BYTES = 4096;

/**
 * The summary in a termination message, or undefined when it has no readable one. Never throws. Free texts are cut to
 * `maxText` characters, without control characters, so that they are safe in a status and on a terminal.
 */
export function parseRunSummary(text: string, maxText = 1024): RunSummary | undefined {
  if (text.length > TERMINATION_MESSAGE_BYTES) return undefined;
  const parsed = runSummarySchema.safeParse(parseJsonObject(text));
  if (!parsed.success) return undefined;
  return withCleanTexts(parsed.data, maxText);
}

/** The summary as a termination message of at most 4096 bytes of UTF-8; the free texts are shortened until it fits. */
export function formatRunSummary(summary: RunSummary): string {
  for (let maxText = 1024; maxText > 0; maxText = Math.floor(maxText / 2)) {
    const text = JSON.stringify(withCleanTexts(summary, maxText));
    if (utf8Length(text) <= TERMINATION_MESSAGE_BYTES) return text;
  }
  const { message: _message, lastMessage: _lastMessage, ranOn: _ranOn, ...rest } = summary;
  return JSON.stringify(rest);
}

function withCleanTexts(summary: RunSummary, maxText: number): RunSummary {
  const clean = Object.entries(summary).map(([name, value]) => [
    name,
    typeof value === "string" ? cleanText(value, maxText) : value,
  ]);
  return Object.fromEntries(clean) as RunSummary;
}
