import { z } from "zod";
import { MAX_TERMINAL_SIZE, MAX_TEXT } from "./limits.ts";
import { ACTIVITIES, promptSchema } from "../session/session.ts";

const size = z.number().int().min(1).max(MAX_TERMINAL_SIZE);

const commitName = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "must be the full name of a commit");

/**
 * The result of moving a session to a commit: it is there; it was already ahead of it; or it was left unchanged,
 * because of uncommitted changes, because another branch is checked out, because it has commits that the other does not
 * have, or because git refused.
 */
const FORWARDINGS = ["Forwarded", "Ahead", "Uncommitted", "OffBranch", "Diverged", "InTheWay"] as const;
export type Forwarding = (typeof FORWARDINGS)[number];

/** What the runner knows about its agent. */
export const runnerStatusSchema = z.object({
  type: z.literal("status"),
  /** `Waiting` has not received `start` yet. */
  state: z.enum(["Waiting", "Starting", "Running", "Exited"]).catch("Running"),
  activity: z.enum(ACTIVITIES).catch("Unknown"),
  activityTime: z.iso.datetime().optional(),
  conversationId: z.string().max(256).optional(),
  exitCode: z.number().int().optional(),
  /** Why the agent does not run, or why its turn failed; with `code`, and perhaps `hint`, when it is a Fault's message. */
  message: z.string().max(MAX_TEXT).optional(),
  code: z.string().max(64).optional(),
  hint: z.string().max(MAX_TEXT).optional(),
  /** Whether the ways around the session's proxy were tried before the agent started, and none was open. */
  boundaryVerified: z.boolean().optional(),
  /** Increases by one with each turn that the agent ends. */
  turns: z.number().int().min(0),
  /** The last message of the agent's latest turn. */
  lastMessage: z.string().max(16_384).optional(),
});
export type RunnerStatus = z.infer<typeof runnerStatusSchema>;

/** Why something was refused or failed: a Fault's code, its message, and what the reader can do about it. */
const refusalSchema = z.object({
  code: z.string().max(64),
  message: z.string().max(MAX_TEXT),
  hint: z.string().max(MAX_TEXT).optional(),
});
export type Refusal = z.infer<typeof refusalSchema>;

/**
 * Control messages from the runner. On channel 0 they are about the session, on another channel about that channel. The runner
 * is often older or newer than its reader, which ignores unknown members and messages of unknown types.
 */
export const runnerMessageSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    /** The version of these messages that the runner speaks best, and the oldest that it understands. */
    version: z.number().int().min(1),
    oldest: z.number().int().min(1).optional(),
    session: z.string().max(64),
    pid: z.number().int(),
  }),
  runnerStatusSchema,
  /** Answers `attach`; a snapshot or output follows. */
  z.object({ type: z.literal("attached"), writer: z.boolean(), cols: size, rows: size }),
  /** The writer of the terminal, or its size, has changed. */
  z.object({ type: z.literal("terminal"), writer: z.boolean(), cols: size, rows: size }),
  /** Answers every message that has an `id`; `commit` is the result of `capture`, `forwarding` that of `forward`. */
  z.object({
    type: z.literal("done"),
    id: z.number().int(),
    commit: commitName.optional(),
    forwarding: z.enum(FORWARDINGS).optional().catch(undefined),
  }),
  /** The end of a command that `exec` started, on its channel. When signal n ended it, the exit code is 128 + n. */
  z.object({ type: z.literal("exit"), exitCode: z.number().int() }),
  /** Answers a message with this `id` that was refused or failed; on a channel, the message that opened the channel. */
  refusalSchema.extend({ type: z.literal("error"), id: z.number().int().optional() }),
]);
export type RunnerMessage = z.infer<typeof runnerMessageSchema>;

/**
 * Control messages to the runner. The runner refuses a message of an unknown type by itself, and the connection stays. `open…` messages give a new channel its meaning; the others are sent on channel 0.
 */
export const clientMessageSchema = z.discriminatedUnion("type", [
  /** Opens a channel as a view of the terminal. With `offset`, output continues from there if it is still kept. */
  z.object({
    type: z.literal("attach"),
    offset: z.number().int().min(0).optional(),
    cols: size,
    rows: size,
    /**
     * `write` also types: the first viewer that asked is the writer, then the one that has waited longest; `takeOver`
     * takes this from another viewer.
     */
    mode: z.enum(["write", "watch"]),
    takeOver: z.boolean().default(false),
  }),
  z.object({ type: z.literal("resize"), cols: size, rows: size }),
  /**
   * Opens a channel as the standard streams of `git upload-pack` or `git receive-pack` on the workspace. A client can
   * fetch the session's branch and WORK_REF, which is captured for each fetch, and can push to INCOMING_REF. `close`
   * ends it: without a refusal when git succeeded.
   */
  z.object({ type: z.literal("git"), service: z.enum(["upload-pack", "receive-pack"]) }),
  /**
   * Opens a channel as the standard streams of a command in the working directory, with the agent's environment. With
   * `terminal` the command has one of that size, and `resize` works; otherwise its stderr is sent as data on the
   * channel of that number. `exit` reports how it ended, then both channels close.
   */
  z.object({
    type: z.literal("exec"),
    argv: z
      .array(z.string().refine((text) => !text.includes("\0"), "must not hold a NUL character"))
      .min(1)
      .max(1_024),
    terminal: z.object({ cols: size, rows: size }).optional(),
    stderrChannel: z.number().int().min(1).max(0xffff_ffff).optional(),
  }),
  /**
   * Makes the workspace from work that was pushed to INCOMING_REF: the branch at the captured head, the captured state
   * in index and files. When this was already done for this commit, it only answers.
   */
  z.object({
    type: z.literal("checkout"),
    id: z.number().int(),
    commit: commitName,
    branch: z.string().max(255),
  }),
  /**
   * Moves the session's branch and files to a commit that was pushed to INCOMING_REF, unless changes of its own are in
   * the way.
   */
  z.object({ type: z.literal("forward"), id: z.number().int(), commit: commitName }),
  /** Captures the current workspace to WORK_REF. */
  z.object({ type: z.literal("capture"), id: z.number().int() }),
  /**
   * Starts the agent unless it is running. The prompt is on disk before the answer; a session that was started before
   * ignores it.
   */
  z.object({ type: z.literal("start"), id: z.number().int(), prompt: promptSchema.optional() }),
  z.object({ type: z.literal("prompt"), id: z.number().int(), prompt: promptSchema }),
  /**
   * Ends the agent and everything it started, but not the runner; answered when they are gone. `start` starts the agent
   * again, and so does the next runner.
   */
  z.object({ type: z.literal("end"), id: z.number().int() }),
  /** Asks for a sign of life: a runner answers at once. */
  z.object({ type: z.literal("ping"), id: z.number().int() }),
  /** Ends the agent, and then the runner. */
  z.object({ type: z.literal("stop"), id: z.number().int() }),
]);
export type ClientMessage = z.input<typeof clientMessageSchema>;
