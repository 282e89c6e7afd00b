import { z } from "zod";
import { ACTIVITIES, promptSchema } from "./session.ts";

const size = z.number().int().min(1).max(4_096);

/** The largest payload of one frame in bytes; a longer one ends the connection. */
export const MAX_FRAME_BYTES = 1_048_576;

/** Credit in bytes that each side of a channel has at its opening; more comes by `window` frames. */
export const INITIAL_WINDOW_BYTES = 262_144;

/** What the runner knows of its agent. */
export const runnerStatusSchema = z.strictObject({
  type: z.literal("status"),
  /** `Waiting` has not been told to start yet. */
  state: z.enum(["Waiting", "Starting", "Running", "Exited"]),
  activity: z.enum(ACTIVITIES),
  activityTime: z.iso.datetime().optional(),
  conversationId: z.string().max(256).optional(),
  exitCode: z.number().int().optional(),
  message: z.string().max(4_096).optional(),
  /** Grows by one with each turn the agent ends. */
  turns: z.number().int().min(0),
});
export type RunnerStatus = z.infer<typeof runnerStatusSchema>;

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
  /** Answers `prompt`, `start` and `stop`. */
  z.strictObject({ type: z.literal("done"), id: z.number().int() }),
  z.strictObject({
    type: z.literal("error"),
    id: z.number().int().optional(),
    code: z.string().max(64),
    message: z.string().max(4_096),
  }),
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
    /** `write` types too; who asks first writes, and `takeOver` takes that from another viewer. */
    mode: z.enum(["write", "watch"]),
    takeOver: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal("resize"), cols: size, rows: size }),
  /** Opens a channel as the standard streams of `git upload-pack` or `git receive-pack` on the workspace. */
  z.strictObject({ type: z.literal("git"), service: z.enum(["upload-pack", "receive-pack"]) }),
  z.strictObject({ type: z.literal("start"), id: z.number().int() }),
  z.strictObject({ type: z.literal("prompt"), id: z.number().int(), prompt: promptSchema }),
  /** Ends the agent, and the runner after it. */
  z.strictObject({ type: z.literal("stop"), id: z.number().int() }),
]);
export type ClientMessage = z.input<typeof clientMessageSchema>;
