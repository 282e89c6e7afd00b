import { z } from "zod";
import { MAX_TERMINAL_SIZE, MAX_TEXT } from "./limits.ts";
import { ACTIVITIES, promptSchema } from "../session/session.ts";

const size = z.number().int().min(1).max(MAX_TERMINAL_SIZE);

const commitName = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "must be the full name of a commit");

/**
 * What became of taking a session to a commit: it is there; it was ahead of it; or it was left alone, for what is not
 * committed, for being on another branch than its own, for commits that the other does not have, or for what git refused.
 */
const FORWARDINGS = ["Forwarded", "Ahead", "Uncommitted", "OffBranch", "Diverged", "InTheWay"] as const;
export type Forwarding = (typeof FORWARDINGS)[number];

/** What the runner knows of its agent. */
export const runnerStatusSchema = z.strictObject({
  type: z.literal("status"),
  /** `Waiting` has not been told to start yet. */
  state: z.enum(["Waiting", "Starting", "Running", "Exited"]),
  activity: z.enum(ACTIVITIES),
  activityTime: z.iso.datetime().optional(),
  conversationId: z.string().max(256).optional(),
  exitCode: z.number().int().optional(),
  message: z.string().max(MAX_TEXT).optional(),
  /** Grows by one with each turn the agent ends. */
  turns: z.number().int().min(0),
  /** The last words of the agent's last turn. */
  lastMessage: z.string().max(16_384).optional(),
});
export type RunnerStatus = z.infer<typeof runnerStatusSchema>;

/** Why something was refused or failed: a Fault's code, its message, and what the reader can do about it. */
const refusalSchema = z.strictObject({
  code: z.string().max(64),
  message: z.string().max(MAX_TEXT),
  hint: z.string().max(MAX_TEXT).optional(),
});
export type Refusal = z.infer<typeof refusalSchema>;

/** Control messages from the runner. On channel 0 they speak of the session, on another of that channel. */
export const runnerMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    version: z.literal(1),
    session: z.string().max(64),
    pid: z.number().int(),
  }),
  runnerStatusSchema,
  /** Answers `attach`; a snapshot or output follows. */
  z.strictObject({ type: z.literal("attached"), writer: z.boolean(), cols: size, rows: size }),
  /** The writer of the terminal, or its size, has changed. */
  z.strictObject({ type: z.literal("terminal"), writer: z.boolean(), cols: size, rows: size }),
  /** Answers every message that has an `id`; `commit` is what `capture` made, `forwarding` what became of `forward`. */
  z.strictObject({
    type: z.literal("done"),
    id: z.number().int(),
    commit: commitName.optional(),
    forwarding: z.enum(FORWARDINGS).optional(),
  }),
  /** The end of what `exec` started, on its channel. A signal that ended it is 128 and its number. */
  z.strictObject({ type: z.literal("exit"), exitCode: z.number().int() }),
  /** Answers a message with this `id` that was refused or failed; on a channel, what the channel was opened for. */
  refusalSchema.extend({ type: z.literal("error"), id: z.number().int().optional() }),
]);
export type RunnerMessage = z.infer<typeof runnerMessageSchema>;

/** Control messages to the runner. `open…` messages give a new channel its meaning; the others go on channel 0. */
export const clientMessageSchema = z.discriminatedUnion("type", [
  /** Opens a channel as a view of the terminal. With `offset`, output goes on from there as far as it is still kept. */
  z.strictObject({
    type: z.literal("attach"),
    offset: z.number().int().min(0).optional(),
    cols: size,
    rows: size,
    /** `write` types too: who asks first, then whoever waits longest; `takeOver` takes that from another viewer. */
    mode: z.enum(["write", "watch"]),
    takeOver: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal("resize"), cols: size, rows: size }),
  /**
   * Opens a channel as the standard streams of `git upload-pack` or `git receive-pack` on the workspace. What can be fetched
   * is the session's branch and WORK_REF, captured anew; what can be pushed to is INCOMING_REF. `close` ends it: without a
   * refusal when git succeeded.
   */
  z.strictObject({ type: z.literal("git"), service: z.enum(["upload-pack", "receive-pack"]) }),
  /**
   * Opens a channel as the standard streams of a command in the working directory, with the agent's environment. With
   * `terminal` it has one of that size, and `resize` works; else its stderr comes as data on the channel of that number.
   * `exit` tells how it ended, then both channels close.
   */
  z.strictObject({
    type: z.literal("exec"),
    argv: z
      .array(z.string().refine((text) => !text.includes("\0"), "must not hold a NUL character"))
      .min(1)
      .max(1_024),
    terminal: z.strictObject({ cols: size, rows: size }).optional(),
    stderrChannel: z.number().int().min(1).max(0xffff_ffff).optional(),
  }),
  /**
   * Makes the workspace from work that was pushed to INCOMING_REF: the branch at the captured head, the captured state in
   * index and files. Done already for this commit, it only answers.
   */
  z.strictObject({
    type: z.literal("checkout"),
    id: z.number().int(),
    commit: commitName,
    branch: z.string().max(255),
  }),
  /** Takes the session's branch and files to a commit that was pushed to INCOMING_REF, where nothing of its own is in the way. */
  z.strictObject({ type: z.literal("forward"), id: z.number().int(), commit: commitName }),
  /** Captures the workspace as it is to WORK_REF. */
  z.strictObject({ type: z.literal("capture"), id: z.number().int() }),
  /** Starts the agent unless it runs. The prompt is kept on disk before the answer, and is ignored by a session that was started before. */
  z.strictObject({ type: z.literal("start"), id: z.number().int(), prompt: promptSchema.optional() }),
  z.strictObject({ type: z.literal("prompt"), id: z.number().int(), prompt: promptSchema }),
  /** Ends the agent and all it started, and keeps the runner; answered when they are gone. `start` starts it again, and so does the next runner. */
  z.strictObject({ type: z.literal("end"), id: z.number().int() }),
  /** Ends the agent, and the runner after it. */
  z.strictObject({ type: z.literal("stop"), id: z.number().int() }),
]);
export type ClientMessage = z.input<typeof clientMessageSchema>;
