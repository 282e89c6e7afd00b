import { ACCESS_MODES } from "./accessMode.ts";
import { z } from "zod";
import { MAX_SESSION_NAME, SESSION_NAME } from "./limits.ts";
import { promptProblem } from "./promptProblem.ts";
import { EGRESS_MODES } from "../proxy/egressMode.ts";
import { sessionEgressSchema } from "./sessionEgress.ts";
import { sessionVariablesSchema } from "./sessionVariables.ts";

/** Where a session runs. */
export const BACKENDS = ["local", "kubernetes"] as const;

/** Agents a session can run, by the name of their adapter. `scripted` is any program that writes our own events. */
export const AGENTS = ["claude-code", "codex", "gemini", "scripted"] as const;

/** What the agent may do without asking: `default` asks, `acceptEdits` asks for commands only, `plan` only reads, `bypassPermissions` never asks. */
export const PERMISSION_MODES = ["default", "acceptEdits", "plan", "bypassPermissions"] as const;

/**
 * The resource state of a session, reported by its backend.
 *
 * `Pending` is being created or waits for what its reason names; `Running` has a live runner; `Stopped` has its work
 * but no process; `Archived` was stopped on request; `Missing` has lost what it ran in; `Failed` could not be created;
 * `Deleting` is being deleted; `Error` has a backend that cannot be asked at the moment.
 */
export const SESSION_PHASES = [
  "Pending",
  "Running",
  "Stopped",
  "Archived",
  "Missing",
  "Failed",
  "Deleting",
  "Error",
] as const;

/** What the agent does, reported by its own hooks; `Unknown` until the first report. */
export const ACTIVITIES = [
  "Unknown",
  "Working",
  "WaitingForPermission",
  "WaitingForInput",
  "Idle",
  "Completed",
  "Failed",
] as const;

export type SessionPhase = (typeof SESSION_PHASES)[number];
export type Activity = (typeof ACTIVITIES)[number];
export type Backend = (typeof BACKENDS)[number];

export const sessionNameSchema = z
  .string()
  .max(MAX_SESSION_NAME, `must be at most ${MAX_SESSION_NAME} characters`)
  .regex(SESSION_NAME, "must be lower-case letters, digits and dashes, and begin with a letter")
  .describe("Names the session, its branch clauderon/<name> and every object made for it");

/** Program and first arguments to start instead of the agent's own program; the agent's arguments follow. */
const commandSchema = z
  .array(
    z
      .string()
      .max(4_096)
      .refine((text) => !text.includes("\0"), "must not hold a NUL character"),
  )
  .min(1)
  .max(64);

const quantity = (example: string) => z.string().min(1).max(32).describe(`A Kubernetes quantity, such as ${example}`);

/** A prompt is text for the agent: any text without NUL, which no terminal and no file name can carry. */
export const promptSchema = z.string().check(({ value, issues }) => {
  const message = promptProblem(value);
  if (message !== undefined) issues.push({ code: "custom", input: value, message });
});

/** What a session was created as. Only the hosts that `egress` allows can change. */
export const sessionSpecSchema = z.strictObject({
  backend: z.enum(BACKENDS),
  agent: z.enum(AGENTS),
  command: commandSchema.optional(),
  repository: z.string().startsWith("/").describe("The user's checkout, an absolute path on this machine"),
  branch: z.string().describe("The session's own branch"),
  baseCommit: z.string().describe("The commit the branch began at"),
  fromBase: z
    .literal(true)
    .optional()
    .describe("Set when it began at that commit, without what the checkout had beside it"),
  /** False for a session that works in the user's checkout itself. */
  worktree: z.boolean(),
  sandbox: z.boolean().describe("Whether the agent runs under bubblewrap"),
  model: z.string().min(1).max(256).optional(),
  permissionMode: z.enum(PERMISSION_MODES),
  accessMode: z.enum(ACCESS_MODES),
  cpuLimit: quantity("4 or 500m").optional(),
  memoryLimit: quantity("8Gi").optional(),
  image: z.string().min(1).max(512).optional(),
  pullPolicy: z.enum(["Always", "IfNotPresent", "Never"]).optional(),
  environment: sessionVariablesSchema.optional(),
  egress: sessionEgressSchema.optional().describe("The boundary of the agent; without it, the network is open to it"),
});
export type SessionSpec = z.infer<typeof sessionSpecSchema>;

export const sessionStatusSchema = z.strictObject({
  phase: z.enum(SESSION_PHASES),
  /** The reason for the phase: CamelCase, stable. */
  reason: z.string().optional(),
  /** A sentence for people, without control characters from untrusted text. */
  message: z.string().optional(),
  /** What the reader can do about it. */
  hint: z.string().optional(),
  activity: z.enum(ACTIVITIES),
  activityTime: z.iso.datetime().optional(),
  /** The folder the agent works in, for local sessions. */
  workingDirectory: z.string().optional(),
  /** The agent's own id of the conversation, by which it is resumed. */
  conversationId: z.string().optional(),
  /** The number of turns the agent has ended, and its last message in the latest one. */
  turns: z.number().int().min(0).optional(),
  lastMessage: z.string().optional(),
  /** The pod it runs in, as `namespace/name`, for sessions in Kubernetes. */
  pod: z.string().optional(),
  exitCode: z.number().int().optional(),
  /** Whether the ways around the session's proxy were tried before its agent started, and none was open. */
  boundaryVerified: z.boolean().optional(),
  /** What could not be captured of the checkout when the session began, each a sentence for people. */
  notices: z.array(z.string()).optional(),
  /**
   * Names of the variables that give the agent credentials: it can read them, and so can every program that it runs.
   */
  credentials: z.array(z.string()).optional(),
});
export type SessionStatus = z.infer<typeof sessionStatusSchema>;

/** A session as the daemon reports it. */
export const sessionSchema = z.strictObject({
  name: sessionNameSchema,
  uid: z.uuid(),
  createdTime: z.iso.datetime(),
  spec: sessionSpecSchema,
  status: sessionStatusSchema,
});
export type Session = z.infer<typeof sessionSchema>;

/** The request of `clauderon create`; an absent field gets its value from the daemon's configuration. */
export const createSessionSchema = z.strictObject({
  name: sessionNameSchema.optional().describe("Chosen by the daemon when left out"),
  repository: sessionSpecSchema.shape.repository,
  prompt: promptSchema.optional(),
  base: z.string().min(1).max(512).optional().describe("Commit or branch to begin at, instead of the checkout's state"),
  backend: z.enum(BACKENDS).optional(),
  agent: z.enum(AGENTS).optional(),
  command: commandSchema.optional(),
  model: sessionSpecSchema.shape.model,
  permissionMode: z.enum(PERMISSION_MODES).optional(),
  accessMode: z.enum(ACCESS_MODES).optional(),
  worktree: z.boolean().optional(),
  sandbox: z.boolean().optional(),
  cpuLimit: sessionSpecSchema.shape.cpuLimit,
  memoryLimit: sessionSpecSchema.shape.memoryLimit,
  image: sessionSpecSchema.shape.image,
  pullPolicy: sessionSpecSchema.shape.pullPolicy,
  environment: sessionSpecSchema.shape.environment,
  egress: sessionEgressSchema
    .extend({
      mode: z.enum([...EGRESS_MODES, "Open"]).describe("As for a session, or Open for no boundary"),
      detect: z
        .boolean()
        .default(true)
        .describe("Whether the presets of the repository's languages are added, by the names of its files"),
    })
    .optional(),
});
export type CreateSession = z.infer<typeof createSessionSchema>;
