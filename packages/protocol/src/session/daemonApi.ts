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

export type ErrorBody = z.infer<typeof apiErrorSchema>;

/** `POST /api/sessions/:name/prompt`: a prompt to a running agent, answered when the agent has received it. */
export const sendPromptSchema = z.strictObject({ prompt: promptSchema });

/**
 * Query of `DELETE /api/sessions/:name`, answered when everything that was made for the session is gone: work that
 * exists nowhere else is rescued to `refs/clauderon/rescued/<name>` unless it is discarded. A failure is an error
 * answer; the daemon keeps trying anyway. With `orphan` only the daemon's own record goes, and only while the session's
 * cluster cannot be reached or is another one: fetched work is rescued, and a failure changes nothing.
 */
export const deleteSessionSchema = z.strictObject({
  discardWork: z.stringbool().default(false),
  orphan: z.stringbool().default(false),
});
export const deletedSchema = z.strictObject({
  name: sessionNameSchema,
  /** The ref that holds work that existed nowhere else. */
  rescuedRef: z.string().optional(),
  /** What was left behind and where, each a sentence for people. */
  notices: z.array(z.string()).optional(),
});

export type Deleted = z.infer<typeof deletedSchema>;

/** `POST /api/sessions/:name/pull`: fetches the session's current work into the user's repository. */
export const pulledSchema = z.strictObject({
  /** The ref with the whole state, including uncommitted work: `refs/clauderon/sessions/<name>/work`. */
  ref: z.string(),
  commit: z.string(),
  /** The session's branch, and its tip. */
  branch: z.string(),
  head: z.string(),
  /** False when nothing was new. */
  changed: z.boolean(),
  /** Commits that the session has made since it began. */
  commits: z.number().int(),
  /** The tree of the whole state, without ignored files. */
  tree: z.string(),
  /** The number of files with uncommitted changes. */
  uncommitted: z.number().int(),
  /** What could not be transferred, each a sentence for people. */
  notices: z.array(z.string()),
});
export type Pulled = z.infer<typeof pulledSchema>;

/**
 * `POST /api/sessions/:name/push`: sends the current commit of the user's checkout to the session. When the session has
 * no uncommitted changes and the commit is ahead of its own, its branch moves to the commit; otherwise nothing changes
 * for its agent, and the notices say what to do.
 */
export const pushedSchema = z.strictObject({
  commit: z.string(),
  /** The ref under which the session has the commit. */
  ref: z.string(),
  /** Whether the session is at the commit now. */
  forwarded: z.boolean(),
  notices: z.array(z.string()),
});
export type Pushed = z.infer<typeof pushedSchema>;

/** `GET /api/credentials`; contains no values. */
export const credentialListSchema = z.strictObject({
  items: z.array(z.strictObject({ name: z.string(), origin: z.enum(["file", "environment"]) })),
});
export type CredentialList = z.infer<typeof credentialListSchema>;

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
  /** Sessions whose state was repaired, and how, in a sentence. */
  repaired: z.array(z.strictObject({ name: sessionNameSchema, message: z.string() })),
  /**
   * What was made for sessions that are in no registry. `removed` when it was pruned; `message` says what happened to
   * its work, or why it is kept.
   */
  orphans: z.array(
    z.strictObject({ kind: z.string(), name: z.string(), removed: z.boolean(), message: z.string().optional() }),
  ),
  /** Backends that could not be examined, or not completely, and why. */
  problems: z.array(
    z.strictObject({ backend: z.enum(BACKENDS), code: z.string(), message: z.string(), hint: z.string().optional() }),
  ),
});

export type Reconciled = z.infer<typeof reconciledSchema>;

/**
 * One event of `GET /api/events` (server-sent events, `data:` holds the JSON). The stream begins with a `session` for
 * each existing session, then `ready`, then every change. A client that reads too slowly is disconnected, and
 * reconnects.
 */
export const daemonEventSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("session"), session: sessionSchema }),
  z.strictObject({ type: z.literal("deleted"), ...deletedSchema.shape }),
  z.strictObject({ type: z.literal("ready") }),
  /** The current step of a long operation; `percent` when it is known. */
  z.strictObject({
    type: z.literal("progress"),
    name: sessionNameSchema,
    step: z.string(),
    percent: z.number().min(0).max(100).optional(),
  }),
]);
export type DaemonEvent = z.infer<typeof daemonEventSchema>;
