import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { type AgentEvent, findInteractiveAgent } from "@clauderon/agents";
import { type Clock, Fault, faultText } from "@clauderon/base";
import { RUN_EXIT } from "@clauderon/protocol";
import { AgentSupervisor } from "./agentSupervisor.ts";
import { Connection } from "./connection.ts";
import { listen } from "./listen.ts";
import { sessionEnvironment } from "./model/sessionEnvironment.ts";
import { OutputLog } from "./outputLog.ts";
import { PromptTyper } from "./promptTyper.ts";
import { SessionFolder } from "./sessionFolder.ts";
import { StatusBoard } from "./statusBoard.ts";
import { TerminalHub } from "./terminalHub.ts";

/** How long an agent may take to end. */
const KILL_GRACE_MS = 10_000;
/** How long a client may take to read the last words. */
const LAST_WORDS_MS = 1_000;
const LOOK_MS = 10;

export interface SessionContext {
  readonly folder: string;
  /** Becomes the folder's session.json. */
  readonly file?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborted when agent and runner shall end. */
  readonly stop: AbortSignal;
  readonly log: (message: string) => void;
}

/**
 * Runs one interactive session until it is told to stop: the agent in a terminal, and a socket for whoever looks at it.
 * On a folder that another runner left it goes on with the agent's conversation and the output's numbering.
 */
export async function runSession({
  folder: path,
  file,
  environment,
  clock,
  stop,
  log,
}: SessionContext): Promise<number> {
  const folder = new SessionFolder(path);
  if (file !== undefined) folder.takeSession(file);
  const session = folder.readSession();
  const agent = findInteractiveAgent(session.agent);
  const { conversationId, turns = 0 } = folder.readStatus() ?? {};
  const begin = conversationId === undefined ? { turns } : { conversationId, turns };
  const board = new StatusBoard(folder.status, clock, begin);
  // Whoever loses the race for the socket must not have touched the log.
  let onConnection: ((socket: Socket) => void) | undefined;
  const server = await listen(session.socket, (socket) => onConnection?.(socket));
  const hub = new TerminalHub(new OutputLog(folder.output, session.outputBytes));
  const typer = new PromptTyper(hub, board, clock);
  const onEvent = ({ takesPrompt }: AgentEvent) => {
    if (takesPrompt === true) typer.arrived();
  };
  const supervisor = new AgentSupervisor({
    session,
    agent,
    environment: sessionEnvironment(environment, [...session.credentialVariables, ...session.variables]),
    eventsFolder: folder.events,
    hub,
    board,
    clock,
    killGraceMs: KILL_GRACE_MS,
    log,
    onEvent,
  });
  const start = () => {
    supervisor.start();
    void sendFirstPrompt(folder, typer, log);
  };
  const host = { session: session.session, hub, board, typer, start, stop: () => supervisor.stop() };
  const sockets = new Set<Socket>();
  onConnection = (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    void new Connection(socket, host);
  };
  stop.addEventListener("abort", () => supervisor.stop(), { once: true });
  if (stop.aborted) supervisor.stop();
  else if (session.autostart) start();
  try {
    await supervisor.run();
    return RUN_EXIT.succeeded;
  } finally {
    server.close();
    rmSync(session.socket, { force: true });
    hub.close();
    await endAll(sockets, clock);
  }
}

/** Each client gets what was said to it last; one that does not read is not waited for. */
async function endAll(sockets: ReadonlySet<Socket>, clock: Clock): Promise<void> {
  for (const socket of sockets) socket.end();
  for (let waited = 0; waited < LAST_WORDS_MS && sockets.size > 0; waited += LOOK_MS) await clock.sleep(LOOK_MS);
  for (const socket of sockets) socket.destroy();
}

/** The prompt that the session began with is sent once, however often the runner starts. */
async function sendFirstPrompt(
  folder: SessionFolder,
  typer: PromptTyper,
  log: (message: string) => void,
): Promise<void> {
  const prompt = folder.readPrompt();
  if (prompt === undefined) return;
  try {
    await typer.send(prompt);
    folder.removePrompt();
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    log(faultText(thrown));
  }
}
