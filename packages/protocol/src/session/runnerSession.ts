import { z } from "zod";
import { agentGitSchema } from "./agentGit.ts";
import { PERMISSION_MODES, sessionNameSchema, sessionSpecSchema } from "./session.ts";

const path = z.string().startsWith("/").max(4_096);
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable");

/**
 * What `clauderon-runner session FOLDER` reads from session.json in that folder. A daemon that is newer than the runner may
 * have written it: members that the runner does not know are ignored.
 */
export const runnerSessionSchema = z.object({
  session: sessionNameSchema,
  agent: z.string().describe("The name of an agent's adapter"),
  /** Program and first arguments to start instead of the agent's own program; the agent's arguments follow. */
  command: z.array(z.string()).min(1).optional(),
  workingDirectory: path,
  /** The agent's HOME; never within the working directory. */
  home: path,
  /** Where the runner listens; see `socketPath`. */
  socket: path,
  /** The session's own branch, without `refs/heads/`; defaults to the one of `checkout`, else clauderon/<session>. */
  branch: z.string().min(1).max(255).optional(),
  /** The ref for captured work instead of WORK_REF: sessions that share a repository have one ref each. */
  workRef: z
    .string()
    .regex(/^refs\/(clauderon|worktree)\/[^\s]+$/, "must be below refs/clauderon/ or refs/worktree/")
    .max(512)
    .optional(),
  /** The object format of the repository that a push brings. */
  objectFormat: z.enum(["sha1", "sha256"]).default("sha1"),
  model: sessionSpecSchema.shape.model,
  permissionMode: z.enum(PERMISSION_MODES),
  /** Whether the daemon confines the runner in a sandbox, and the agent with it. */
  isSandboxed: z.boolean().default(false),
  /**
   * False waits for the message `start`, for example until the work has arrived. A session that has been started before
   * starts again with its runner, regardless of this value.
   */
  autostart: z.boolean().default(true),
  /** Variables of the runner's environment that hold a credential for the agent. */
  credentialVariables: z.array(variableName).default([]),
  /** Further variables of the runner's environment that the agent inherits. */
  variables: z.array(variableName).default([]),
  /** Ignored files that belong to the work anyway, as git pathspecs. */
  include: z.array(z.string().min(1)).default([]),
  /** What the agent's git has of the user's; nothing when left out. */
  git: agentGitSchema.optional(),
  /** For a session with a network of its own: the runner relays this port of the loopback to the proxy's socket. */
  proxy: z.object({ socket: path, port: z.int().min(1).max(65_535) }).optional(),
  /** How many bytes of terminal output are kept on disk. */
  outputBytes: z.number().int().min(65_536).default(16_777_216),
});
export type RunnerSession = z.output<typeof runnerSessionSchema>;
