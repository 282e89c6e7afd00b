import { createHash } from "node:crypto";
import { realpathSync, rmSync } from "node:fs";
import { type AgentEvent, findInteractiveAgent } from "@clauderon/agents";
import { type Clock, Fault, faultText, Secret } from "@clauderon/base";
import { overridden } from "@clauderon/git";
import { RUN_EXIT, type RunnerSession, type RunnerStatus } from "@clauderon/protocol";
import { admit } from "../boundary/admit.ts";
import { proxyOfPod } from "../boundary/awaitGrant.ts";
import { killMarked } from "../run/agent/leftovers.ts";
import { redactor } from "../run/output/model/redact.ts";
import { AgentSupervisor } from "./agent/agentSupervisor.ts";
import { sessionMarker } from "./channels/command.ts";
import { Connections } from "./channels/connections.ts";
import { FirstPrompt } from "./agent/firstPrompt.ts";
import { listen } from "./channels/listen.ts";
import { activityLine } from "./agent/model/activityLine.ts";
import { sessionEnvironment } from "./agent/model/sessionEnvironment.ts";
import { relayToProxy } from "./channels/proxyRelay.ts";
import { OutputLog } from "./terminal/outputLog.ts";
import { PromptTyper } from "./agent/promptTyper.ts";
import { agentOverrides, tryWriteAgentGit } from "./disk/agentGit.ts";
import { SessionFolder } from "./disk/sessionFolder.ts";
import { StatusBoard } from "./agent/statusBoard.ts";
import { TerminalHub } from "./terminal/terminalHub.ts";
import { Workspace } from "./disk/workspace.ts";

/** How long an agent may take to end. */
const KILL_GRACE_MS = 10_000;

export interface SessionContext {
  readonly folder: string;
  /** Copied to session.json in the folder. */
  readonly file?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How this program is started, without its command. */
  readonly program: readonly string[];
  readonly clock: Clock;
  /** Aborts to end agent and runner. */
  readonly stop: AbortSignal;
  readonly log: (message: string) => void;
}

/**
 * Runs one interactive session until `stop`: the agent in a terminal, and a socket for clients. In a folder that an
 * earlier runner left, it continues the agent's conversation and the numbering of the output. At its end the agent and
 * everything it started are gone, and the work is captured.
 */
export async function runSession(context: SessionContext): Promise<number> {
  const folder = new SessionFolder(context.folder);
  if (context.file !== undefined) folder.takeSession(context.file);
  const session = folder.readSession();
  const connections = new Connections();
  // A runner that finds the socket in use must not have changed anything else.
  const server = await listen(session.socket, (socket) => connections.add(socket));
  let endRelay: (() => void) | undefined;
  try {
    if (session.proxy !== undefined) endRelay = await relayToProxy(session.proxy);
    await serve(context, { folder, session, connections });
    return RUN_EXIT.succeeded;
  } finally {
    server.close();
    endRelay?.();
    rmSync(session.socket, { force: true, recursive: true });
    await connections.end(context.clock);
  }
}

interface SessionParts {
  readonly folder: SessionFolder;
  readonly session: RunnerSession;
  readonly connections: Connections;
}

async function serve(context: SessionContext, { folder, session, connections }: SessionParts): Promise<void> {
  const { clock, stop, log } = context;
  const agent = findInteractiveAgent(session.agent);
  const mark = markOf(context.folder);
  // Processes that a killed runner could not end.
  await killMarked(sessionMarker(mark));
  const board = new StatusBoard(folder.status, clock, remembered(folder.readStatus()));
  board.listen(tellChanges(log));

  tryWriteAgentGit(context.folder, session, log);
  const own = { ...sessionEnvironment(context.environment, session.variables), HOME: session.home };
  const environment = overridden(
    { ...sessionEnvironment(context.environment, session.credentialVariables), ...own },
    agentOverrides(session, context.program),
  );
  const hub = new TerminalHub(new OutputLog(folder.output, session.outputBytes));
  const typer = new PromptTyper({ hub, board, clock, agent });
  const workspace = new Workspace({ session, folder, environment: own, log });
  const proxy = proxyOfPod(context.environment);
  const tellHeldBack = (message: string) => {
    log(message);
    board.set({ state: "Starting", activity: "Unknown", message, code: "PROXY_UNAVAILABLE" });
  };
  const supervisor = new AgentSupervisor({
    session,
    agent,
    environment,
    mark,
    eventsFolder: folder.events,
    hub,
    board,
    clock,
    killGraceMs: KILL_GRACE_MS,
    log,
    redact: redactor(
      [...session.credentialVariables.map((name) => context.environment[name]), proxy?.password].map(
        (value) => new Secret(value ?? ""),
      ),
    ),
    onEvent: ({ takesPrompt }: AgentEvent) => {
      if (takesPrompt === true) typer.arrived();
    },
    admit: async (signal) => {
      if (proxy === undefined) return;
      const { environment: variables } = context;
      const isVerified = await admit({ proxy, environment: variables, clock, signal, tell: tellHeldBack });
      if (isVerified) board.set({ boundaryVerified: true });
    },
  });
  const firstPrompt = new FirstPrompt({ folder, typer, board, log });
  const start = (prompt: string | undefined) => {
    if (!folder.wasStarted) folder.markStarted(prompt);
    supervisor.start();
    firstPrompt.deliver();
  };
  connections.serve({
    session,
    hub,
    board,
    typer,
    workspace,
    clock,
    commands: { cwd: session.workingDirectory, environment, mark },
    start,
    end: () => supervisor.end(),
    stop: () => supervisor.stop(),
    await: (work) => connections.await(work),
    log,
  });
  stop.addEventListener("abort", () => supervisor.stop(), { once: true });
  if (stop.aborted) supervisor.stop();
  else if (session.autostart || folder.wasStarted) start(undefined);
  await supervisor.run();
  await tryCapture(workspace, log);
  hub.close();
}

/** The part of a status that the next runner keeps. */
function remembered({ conversationId, turns = 0, lastMessage }: Partial<RunnerStatus> = {}) {
  return {
    turns,
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(lastMessage === undefined ? {} : { lastMessage }),
  };
}

/** The same for every runner in this folder, and different for any other. */
const markOf = (folder: string) => createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 16);

/** Logs a line for each change, so that the log of the process alone shows what the session does. */
function tellChanges(log: (message: string) => void): (status: RunnerStatus) => void {
  let told = "";
  return (status) => {
    const line = activityLine(status);
    if (line !== told) log(line);
    told = line;
  };
}

/** Work that nobody has fetched then outlives the pod in its volume. */
async function tryCapture(workspace: Workspace, log: (message: string) => void): Promise<void> {
  if (!workspace.exists) return;
  try {
    log(`The work is captured as ${await workspace.capture()}`);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    log(`The work was not captured: ${faultText(thrown)}`);
  }
}
