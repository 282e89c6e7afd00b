import { parseJsonObject } from "@clauderon/base";
import { SESSION_ANNOTATION, SESSION_LABELS, sessionObjectName } from "@clauderon/pods";
import { sessionNameSchema, sessionSpecSchema } from "@clauderon/protocol";
import { z } from "zod";
import type { LiveClaim } from "./objects.ts";

/** Longer than any honest record. */
const MAX_CHARACTERS = 32_768;

// Repository and branch reach git and people's eyes: no control characters, nothing that git reads as an option.
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

/**
 * The record on a session's claim, or undefined when there is none that makes sense. Whoever may write claims in the
 * namespace could have written it, so it is bounded, checked, and must say the same as the claim's name and labels.
 */
export function recordOf(claim: LiveClaim) {
  const text = claim.metadata.annotations?.[SESSION_ANNOTATION];
  if (text === undefined || text.length > MAX_CHARACTERS) return undefined;
  const record = recordSchema.safeParse(parseJsonObject(text)).data;
  if (record === undefined || record.spec.branch !== `clauderon/${record.name}`) return undefined;
  const { name, labels = {} } = claim.metadata;
  const isSame = labels[SESSION_LABELS.session] === record.name && labels[SESSION_LABELS.uid] === record.uid;
  return isSame && name === sessionObjectName(record.name) ? record : undefined;
}
