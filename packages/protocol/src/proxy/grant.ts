import { Fault } from "@clauderon/base";
import { z } from "zod";
import { ACCESS_MODES } from "../session/accessMode.ts";
import { allowRuleSchema } from "./allowRule.ts";
import { authorityText, parseAuthority } from "./authority.ts";
import { EGRESS_MODES } from "./egressMode.ts";
import { PRESET_NAMES } from "./presets.ts";

/** What a principal is: an interactive session or one run of an AgentJob. */
export const PRINCIPAL_KINDS = ["Session", "Run"] as const;

/** The version of the grant that this code reads; a grant that needs a newer one is refused. */
export const GRANT_VERSION = 1;

/** Bounds on what one grant may hold, so that no document makes a decision slow. */
const MAX_RULES = 1_000;

/** A connection of any protocol that CONNECT may open: `host:port`, with no pattern. */
const tcpRuleSchema = z.string().transform((text, { issues, value }) => {
  const authority = parseAuthority(text.replace(/^tcp:/i, ""), undefined);
  if (authority !== undefined) return authorityText(authority);
  issues.push({ code: "custom", input: value, message: "must be HOST:PORT, such as db.example.com:5432" });
  return z.NEVER;
});

const nameSchema = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9._/-]+$/, "must be letters, digits, and . _ / -");

/**
 * What one principal may do at the proxy. It is data that the daemon or the operator writes and the proxy reads: it has
 * no secret, only the hash of the principal's proxy password and the names of the credentials that it may use.
 *
 * A newer writer may add fields, which are ignored. One that adds a limit that must not be ignored sets `needs` to the
 * version that knows the limit, and older proxies refuse the whole grant.
 */
export const grantSchema = z.object({
  needs: z.int().min(1).max(GRANT_VERSION, "is newer than this proxy: upgrade the proxy").default(1),
  principal: nameSchema(128).describe("Unique and never used again: the user name at the proxy"),
  kind: z.enum(PRINCIPAL_KINDS),
  name: nameSchema(317).describe("The session's name, or namespace/name of the AgentJob"),
  tokenHash: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal digits"),
  accessMode: z.enum(ACCESS_MODES),
  egressMode: z.enum(EGRESS_MODES),
  allow: z.array(allowRuleSchema).max(MAX_RULES),
  presets: z
    .array(z.enum(PRESET_NAMES))
    .max(PRESET_NAMES.length)
    .default([])
    .describe("Lists of hosts, by their names"),
  tcp: z.array(tcpRuleSchema).max(MAX_RULES).default([]),
  credentials: z.array(nameSchema(253)).max(100).default([]),
});
export type Grant = z.infer<typeof grantSchema>;

/** The grant in this text; SPEC_INVALID, naming each wrong field, for anything else. The text itself is in no message. */
export function parseGrant(text: string): Grant {
  const parsed = grantSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new Fault("SPEC_INVALID", `The grant is not valid: ${z.prettifyError(parsed.error)}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new Fault("SPEC_INVALID", "The grant is not valid: it is not JSON");
  }
}
