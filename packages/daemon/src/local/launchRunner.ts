import { fileURLToPath } from "node:url";
import { type Git, readAgentGit, sessionRefs, worktreeFolder } from "@clauderon/git";
import { findSandbox, sandboxed, type SandboxedCommand, sessionToolchains } from "@clauderon/sandbox";
import type { BackendContext, SessionRecord } from "../backend.ts";
import { openEgress } from "./openEgress.ts";
import { runnerEnvironment } from "./model/runnerEnvironment.ts";
import type { SessionEgress } from "../egress/sessionEgress.ts";
import type { RunnerFolder } from "./runnerFolder.ts";
import { startRunner } from "./startRunner.ts";

interface RunnerPlaces {
  readonly folder: RunnerFolder;
  readonly socket: string;
  /** Git in the user's repository. */
  readonly git: Git;
  /** CLAUDERON_HOME. */
  readonly daemonHome: string;
}

export interface RunnerInputs {
  /** The daemon's own environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly credentials: BackendContext["credentials"];
  readonly latest: BackendContext["latest"];
  readonly signal: AbortSignal;
  readonly egress: SessionEgress;
  /** Ignored files that are captured too, as git pathspecs. */
  readonly include: readonly string[];
}

/** Writes the session's file and starts its runner, in a sandbox if the session has one; resolves before it listens. */
export async function launchRunner(
  session: SessionRecord,
  places: RunnerPlaces,
  inputs: RunnerInputs,
): Promise<{ readonly exited: Promise<string> }> {
  const { name, spec } = session;
  const { folder, git, socket } = places;
  const { proxy, credentials, variables, gitSettings } = await openEgress(session, git, inputs);
  const environment = { ...inputs.environment, ...variables };
  // Variables that the session was created with override those that were found, but not those of its boundary.
  const own = { ...sessionToolchains(environment, folder.home), ...spec.environment, ...variables };
  const place = spec.sandbox ? "Sandboxed" : "AsUser";
  const workingDirectory = spec.worktree ? folder.worktree : spec.repository;
  const agentGit = await readAgentGit(git, { place, environment });
  folder.writeSession({
    session: name,
    agent: spec.agent,
    ...(spec.command === undefined ? {} : { command: spec.command }),
    workingDirectory,
    home: folder.home,
    socket,
    model: spec.model,
    permissionMode: spec.permissionMode,
    isSandboxed: spec.sandbox,
    autostart: false,
    objectFormat: "sha1",
    branch: spec.branch,
    // In a sandbox, only refs of its own worktree can be written.
    workRef: spec.sandbox ? "refs/worktree/work" : sessionRefs(name).work,
    credentialVariables: [...credentials.keys()],
    variables: Object.keys(own),
    include: [...inputs.include],
    outputBytes: 16_777_216,
    git: { ...agentGit, config: [...agentGit.config, ...gitSettings] },
    ...(proxy === undefined ? {} : { proxy }),
  });
  const runner = [
    process.execPath,
    fileURLToPath(import.meta.resolve("@clauderon/runner/bin")),
    "session",
    folder.path,
  ];
  const {
    command: [command = "", ...args],
    input,
  } = spec.sandbox
    ? await inSandbox(runner, session, places, { environment, proxySocket: proxy?.socket })
    : { command: runner, input: undefined };
  const identity = { name: await git.ask(["config", "user.name"]), email: await git.ask(["config", "user.email"]) };
  return await startRunner(command, args, {
    cwd: folder.path,
    // A sandbox has its own temporary folders.
    environment: runnerEnvironment(spec.sandbox ? { ...environment, TMPDIR: undefined } : environment, identity, {
      credentials,
      own,
    }),
    logFile: folder.logFile,
    input,
  });
}

async function inSandbox(
  runner: readonly string[],
  { spec }: SessionRecord,
  { folder, socket, git, daemonHome }: RunnerPlaces,
  {
    environment,
    proxySocket,
  }: { readonly environment: RunnerInputs["environment"]; readonly proxySocket: string | undefined },
): Promise<SandboxedCommand> {
  const { worktree } = folder;
  const gitFolder = await git.read(["rev-parse", "--path-format=absolute", "--git-common-dir"]);
  const folderOfWorktree = await worktreeFolder(git, worktree);
  return sandboxed(runner, {
    sandbox: await findSandbox(environment["PATH"] ?? ""),
    folder: folder.path,
    logFile: folder.logFile,
    socket,
    repository: { gitFolder, worktreeFolder: folderOfWorktree, worktree, branch: spec.branch },
    daemonHome,
    environment,
    command: spec.command,
    proxySocket,
  });
}
