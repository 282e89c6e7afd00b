import { z } from "zod";
import { BACKENDS, promptSchema, sessionNameSchema, sessionSchema } from "./session.ts";

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

export type ApiError = z.infer<typeof apiErrorSchema>;

/** `POST /api/sessions/:name/prompt`: a prompt to a running agent, answered when the agent has taken it. */
export const sendPromptSchema = z.strictObject({ prompt: promptSchema });

/**
 * Query of `DELETE /api/sessions/:name`, answered when all that was made for it is gone: work that is nowhere else is rescued
 * to `refs/clauderon/rescued/<name>` unless it is discarded. A failure is answered too; the daemon keeps trying all the same.
 */
export const deleteSessionSchema = z.strictObject({ discardWork: z.stringbool().default(false) });
export const deletedSchema = z.strictObject({
  name: sessionNameSchema,
  /** The ref that holds work that was nowhere else. */
  rescuedRef: z.string().optional(),
});

export type Deleted = z.infer<typeof deletedSchema>;

/** `POST /api/sessions/:name/pull`: the session's work as it is now is fetched into the user's repository. */
export const pulledSchema = z.strictObject({
  /** The ref with the whole state, uncommitted work too: `refs/clauderon/sessions/<name>/work`. */
  ref: z.string(),
  commit: z.string(),
  /** The session's branch, and its tip. */
  branch: z.string(),
  head: z.string(),
  /** False when nothing was new. */
  changed: z.boolean(),
  /** Commits that the session has made since it began. */
  commits: z.number().int(),
  /** The tree of the whole state without files that git ignores. */
  tree: z.string(),
  /** Files whose state there is not committed. */
  uncommitted: z.number().int(),
  /** What could not come along, each a sentence for people. */
  notices: z.array(z.string()),
});
export type Pulled = z.infer<typeof pulledSchema>;

/**
 * `POST /api/sessions/:name/push`: the commit that the user's checkout is at goes to the session. Where the session has
 * nothing uncommitted and the commit is ahead of its own, its branch is taken there; else its agent is left alone, and the
 * notices say how to go on.
 */
export const pushedSchema = z.strictObject({
  commit: z.string(),
  /** The ref by which the session finds it. */
  ref: z.string(),
  /** Whether the session is at the commit now. */
  forwarded: z.boolean(),
  notices: z.array(z.string()),
});
export type Pushed = z.infer<typeof pushedSchema>;

/** `GET /api/credentials`; values are never told. */
export const credentialListSchema = z.strictObject({
  items: z.array(z.strictObject({ name: z.string(), origin: z.enum(["file", "environment"]) })),
});
export type CredentialList = z.infer<typeof credentialListSchema>;

/** Credentials are named as the environment variable that an agent reads them from. */
export const credentialNameSchema = z
  .string()
  .max(128)
  .regex(/^[A-Z][A-Z0-9_]*$/, "must be the name of an environment variable, in capitals");

/** `PUT /api/credentials/:name`; `DELETE` removes it. */
export const setCredentialSchema = z.strictObject({
  value: z
    .string()
    .min(1)
    .max(65_536)
    .refine((text) => !text.includes("\0"), "must not hold a NUL character"),
});

/** `POST /api/reconcile`. */
export const reconcileSchema = z.strictObject({ prune: z.boolean().default(false) });
export const reconciledSchema = z.strictObject({
  /** Sessions whose state was put right, and how, in a sentence. */
  repaired: z.array(z.strictObject({ name: sessionNameSchema, message: z.string() })),
  /** Things made for sessions that no registry knows; `removed` when they were pruned; `message` says what became of their work, or why they are kept. */
  orphans: z.array(
    z.strictObject({ kind: z.string(), name: z.string(), removed: z.boolean(), message: z.string().optional() }),
  ),
  /** Backends that could not be looked into, or not to the end, and why. */
  problems: z.array(
    z.strictObject({ backend: z.enum(BACKENDS), code: z.string(), message: z.string(), hint: z.string().optional() }),
  ),
});

export type Reconciled = z.infer<typeof reconciledSchema>;

/**
 * One event of `GET /api/events` (server-sent events, `data:` holds the JSON). The stream begins with a `session` for each
 * that there is, then `ready`, then every change. A client that reads too slowly is cut off, and connects again.
 */
export const daemonEventSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("session"), session: sessionSchema }),
  z.strictObject({ type: z.literal("deleted"), ...deletedSchema.shape }),
  z.strictObject({ type: z.literal("ready") }),
  /** What a long operation is at; `percent` when it is known. */
  z.strictObject({
    type: z.literal("progress"),
    name: sessionNameSchema,
    step: z.string(),
    percent: z.number().min(0).max(100).optional(),
  }),
]);
export type DaemonEvent = z.infer<typeof daemonEventSchema>;
