import { cleanText } from "@clauderon/base";
import { z } from "zod";

/** The longest text of one field; what is longer was chosen by the agent, and is cut. */
const MAX_AUDIT_TEXT = 2_048;

const textSchema = z.string().transform((text) => cleanText(text, MAX_AUDIT_TEXT));
const countSchema = z.int().min(0);

/** What a call of a model used, by the model's own answer, and what that costs by the proxy's price list. */
const auditUsageSchema = z.object({
  model: textSchema,
  inputTokens: countSchema,
  cacheWrite5mTokens: countSchema,
  cacheWrite1hTokens: countSchema,
  cacheReadTokens: countSchema,
  outputTokens: countSchema,
  /** In US dollars; absent when the list has no price for it. */
  costUsd: z.number().min(0).optional(),
});

/**
 * One decision of the proxy: what was asked, what was decided and why, and what then passed. It has names of credentials
 * and never their values, and paths without their query, where secrets are found too often.
 */
export const auditRecordSchema = z.object({
  /** When the decision was made. */
  time: z.iso.datetime(),
  /** Absent for a request without valid credentials at the proxy. */
  principal: textSchema.optional(),
  /** The session, or namespace/name of the AgentJob. */
  session: textSchema.optional(),
  method: textSchema,
  host: textSchema.optional(),
  port: countSchema.max(65_535).optional(),
  path: textSchema.optional(),
  /** The rule that allowed it. */
  rule: textSchema.optional(),
  /** True when no rule allowed it, and mode Record let it pass. */
  recorded: z.boolean().optional(),
  /** The name of the credential that went upstream. */
  credential: textSchema.optional(),
  /** Of the answer; 0 when there was none. */
  status: z.int().min(0).max(999),
  sent: countSchema.optional(),
  received: countSchema.optional(),
  durationMs: countSchema.optional(),
  usage: auditUsageSchema.optional(),
  /** Why it was refused or failed. */
  reason: textSchema.optional(),
});
export type AuditRecord = z.infer<typeof auditRecordSchema>;
