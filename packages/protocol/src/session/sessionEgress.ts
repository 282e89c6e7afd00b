import { z } from "zod";
import { hostPatternProblem } from "../proxy/allowRule.ts";
import { EGRESS_MODES } from "../proxy/egressMode.ts";
import { parseHostPattern } from "../proxy/hostPattern.ts";
import { PRESET_NAMES } from "../proxy/presets.ts";
import { usageTotalsSchema } from "../proxy/usageTotals.ts";
import { ACCESS_MODES } from "./accessMode.ts";
import { credentialNameSchema } from "./credentialName.ts";

export const allowedHostSchema = z
  .string()
  .max(255)
  .check(({ value, issues }) => {
    if (parseHostPattern(value) === undefined)
      issues.push({ code: "custom", input: value, message: `${hostPatternProblem(value)}, as ${value} is not` });
  });

/**
 * The boundary of a session: its agent has a network of its own whose only way out is the proxy, and holds placeholders
 * instead of credentials.
 */
export const sessionEgressSchema = z.strictObject({
  mode: z
    .enum(EGRESS_MODES)
    .describe("Enforce refuses hosts that are not allowed, Record lets them pass and notes them"),
  allow: z
    .array(allowedHostSchema)
    .max(500)
    .default([])
    .describe("Hosts beside those of the agent and the repository; *.name for every host below that name"),
  presets: z
    .array(z.enum(PRESET_NAMES))
    .max(PRESET_NAMES.length)
    .default([])
    .describe("Lists of hosts, by their names"),
  credentials: z
    .array(credentialNameSchema)
    .max(50)
    .default([])
    .describe("Credentials that the proxy may use for the agent beside the agent's own"),
});
export type SessionEgress = z.infer<typeof sessionEgressSchema>;

/** `POST /api/sessions/:name/egress/allow`: takes effect before it is answered. */
export const allowHostSchema = z.strictObject({ host: allowedHostSchema });

/** `POST /api/sessions/:name/egress/access-mode`: takes effect before it is answered. */
export const accessModeSchema = z.strictObject({ accessMode: z.enum(ACCESS_MODES) });

/** `GET /api/sessions/:name/egress` */
export const egressReportSchema = z.strictObject({
  mode: z.enum(EGRESS_MODES),
  accessMode: z.enum(ACCESS_MODES),
  /** What the agent may reach now; empty for a session without a runner. */
  allowed: z.array(
    z.strictObject({
      host: z.string(),
      /** Where the rule is from: `agent`, `repository`, `user` or the name of a preset. */
      origin: z.string(),
      methods: z.array(z.string()).optional(),
    }),
  ),
  credentials: z.array(z.string()),
  /** Absent for a session that has called no model. */
  usage: usageTotalsSchema.optional(),
  /** Why `noted` is empty although something may have been refused. */
  notedProblem: z.string().optional(),
  /** What was refused, or in mode Record passed unlisted, lately; the latest first, each kind once. */
  noted: z.array(
    z.strictObject({
      time: z.iso.datetime(),
      host: z.string(),
      port: z.int().optional(),
      method: z.string(),
      path: z.string().optional(),
      /** `Recorded` for what passed although no rule allows it. */
      reason: z.string(),
      count: z.int(),
    }),
  ),
});
export type EgressReport = z.infer<typeof egressReportSchema>;

/** `GET /api/usage`: by the names of sessions with a boundary that have called a model. */
export const usageListSchema = z.strictObject({ items: z.record(z.string(), usageTotalsSchema) });
export type UsageList = z.infer<typeof usageListSchema>;

/** How a host was asked for that no rule allows: mode Record let it pass, or it was refused. */
const UNLISTED = ["Recorded", "Refused"] as const;

/** `GET /api/sessions/:name/egress/suggestion`: what the session's list should say, by what its agent asked for. */
export const egressSuggestionSchema = z.strictObject({
  mode: z.enum(EGRESS_MODES),
  requests: z.int(),
  /** Of the first decision that was found; absent for none. */
  since: z.iso.datetime().optional(),
  /** The user's own rules of the session, and the requests that each let pass. */
  allow: z.array(z.strictObject({ host: z.string(), requests: z.int() })),
  presets: z.array(z.strictObject({ name: z.string(), requests: z.int() })),
  /** Hosts that no rule allows, the most asked for first. */
  unlisted: z.array(
    z.strictObject({
      host: z.string(),
      port: z.int(),
      how: z.enum(UNLISTED),
      requests: z.int(),
      lastTime: z.iso.datetime(),
    }),
  ),
});
export type EgressSuggestion = z.infer<typeof egressSuggestionSchema>;
