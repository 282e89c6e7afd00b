import { cleanText, parseJsonObject } from "@clauderon/base";
import { SESSION_ANNOTATION, SESSION_LABELS, sessionObjectName } from "@clauderon/pods";
import { sessionNameSchema, sessionSpecSchema } from "@clauderon/protocol";
import { z } from "zod";
import type { LiveClaim } from "./objects.ts";

/** The API server's limit for all annotations of an object. */
const MAX_CHARACTERS = 262_144;

/** The most that is shown of the problem with a record. */
const MAX_PROBLEM = 200;

// git and people read repository and branch, so they have no control characters and nothing that git would read as an
// option.
const printable = /^[^\p{Cc}\p{Cf}]+$/u;

const recordSchema = z.strictObject({
  name: sessionNameSchema,
  uid: z.uuid(),
  createdTime: z.iso.datetime(),
  spec: sessionSpecSchema.extend({
    backend: z.literal("kubernetes"),
    repository: z.string().max(4_096).startsWith("/").regex(printable),
    branch: z.string().max(255),
    baseCommit: z
      .string()
      .max(64)
      .regex(/^[0-9a-f]*$/),
  }),
  commit: z.string().regex(/^([0-9a-f]{40}([0-9a-f]{24})?)?$/),
});

export type ReadRecord = { readonly record: z.infer<typeof recordSchema> } | { readonly problem: string };

/**
 * The record on a session's claim, or the problem with it. Anyone who may write claims in the namespace could have
 * written it, so it is bounded, checked, and must match the claim's name and labels. A field that this version does not
 * know is a problem too: ignoring it could give the agent more than its creator allowed.
 */
export function readRecord(claim: LiveClaim): ReadRecord {
  const text = claim.metadata.annotations?.[SESSION_ANNOTATION];
  if (text === undefined) return { problem: "it is missing" };
  if (text.length > MAX_CHARACTERS) return { problem: "it is too long" };
  const parsed = recordSchema.safeParse(parseJsonObject(text));
  if (!parsed.success) return { problem: problemOf(parsed.error) };
  const { data: record } = parsed;
  const { name, labels = {} } = claim.metadata;
  const isSame = labels[SESSION_LABELS.session] === record.name && labels[SESSION_LABELS.uid] === record.uid;
  return isSame && name === sessionObjectName(record.name) && record.spec.branch === `clauderon/${record.name}`
    ? { record }
    : { problem: "it does not match the name and the labels of the claim" };
}

/** The record on a session's claim; undefined if it is missing or invalid. */
export function recordOf(claim: LiveClaim) {
  const read = readRecord(claim);
  return "record" in read ? read.record : undefined;
}

/** The first problem. Its text may contain names that a stranger chose. */
function problemOf({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  return cleanText(`${place}${issue?.message ?? "it is invalid"}`, MAX_PROBLEM);
}
