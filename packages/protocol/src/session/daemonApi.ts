import { z } from "zod";
import { promptSchema, sessionNameSchema, sessionSchema } from "./session.ts";

/** The version of the daemon's API; a command and a daemon that differ in it do not talk. */
export const DAEMON_API_VERSION = 1;

/** `GET /health`; needs no token. */
export const healthSchema = z.strictObject({
  status: z.literal("ok"),
  apiVersion: z.number().int(),
  version: z.string(),
  pid: z.number().int(),
  /** Features that are on, such as `kubernetes_backend`. */
  features: z.array(z.string()),
});
export type Health = z.infer<typeof healthSchema>;

/** `GET /api/sessions`, by name. */
export const sessionListSchema = z.strictObject({ items: z.array(sessionSchema) });

/** Every answer that is not a success. */
export const apiErrorSchema = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});

/** `POST /api/sessions/:name/prompt`: a prompt to a running agent. */
export const sendPromptSchema = z.strictObject({ prompt: promptSchema });

/** `DELETE /api/sessions/:name`: work that is nowhere else is rescued to `refs/clauderon/rescued/<name>` unless it is discarded. */
export const deleteSessionSchema = z.strictObject({ discardWork: z.boolean().default(false) });
export const deletedSchema = z.strictObject({
  name: sessionNameSchema,
  /** The ref that holds work that was nowhere else. */
  rescuedRef: z.string().optional(),
});

/** `POST /api/reconcile`. */
export const reconcileSchema = z.strictObject({ prune: z.boolean().default(false) });
export const reconciledSchema = z.strictObject({
  /** Sessions whose state was put right, and how, in a sentence. */
  repaired: z.array(z.strictObject({ name: sessionNameSchema, message: z.string() })),
  /** Things made for sessions that no registry knows; `removed` when they were pruned. */
  orphans: z.array(z.strictObject({ kind: z.string(), name: z.string(), removed: z.boolean() })),
});

/** One line of `GET /api/events` (server-sent events, `data:` holds the JSON). */
export const daemonEventSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("session"), session: sessionSchema }),
  z.strictObject({ type: z.literal("deleted"), name: sessionNameSchema }),
  /** What a long operation is at; `percent` when it is known. */
  z.strictObject({
    type: z.literal("progress"),
    name: sessionNameSchema,
    step: z.string(),
    percent: z.number().min(0).max(100).optional(),
  }),
]);
export type DaemonEvent = z.infer<typeof daemonEventSchema>;

/** `GET /api/sessions/:name/stream` with `Upgrade` of this name: frames from then on, as the runner's socket speaks them. */
export const STREAM_PROTOCOL = "clauderon-frames/1";
