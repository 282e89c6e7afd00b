import { type AgentEvent, EVENTS_VARIABLE, type InteractiveAgent } from "@clauderon/agents";
import { type Clock, Fault, faultText } from "@clauderon/base";
import { cleanText } from "@clauderon/base";
import { type RunnerSession } from "@clauderon/protocol";
import { killMarked } from "../../run/agent/leftovers.ts";
import type { Exit } from "@clauderon/process";
import { commandIn } from "../channels/command.ts";
import { EventSpool } from "./eventSpool.ts";
import { eventStatus } from "./model/eventStatus.ts";
import { Pty } from "../terminal/pty.ts";
import { seedFiles } from "./seedFiles.ts";
import type { StatusBoard } from "./statusBoard.ts";
import type { TerminalHub } from "../terminal/terminalHub.ts";

/** The longest part of the terminal's last line that a status holds. */
const MAX_LAST_LINE = 200;

/** After this many crashes in a row, with no event between them, the agent is not restarted automatically. */
const MAX_CRASHES = 3;
const RESTART_MS = 1_000;

/**
 * Printed before an agent starts on a terminal that another one used: resets the modes that the other one had set, those of
 * the keyboard on both screens.
 */
const LEFT_TERMINAL =
  "\u001b[0m\u001b[<99u\u001b[>4m\u001b[?1049l\u001b[<99u\u001b[?2004l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?25h\r\n";

export interface SupervisorOptions {
  readonly session: RunnerSession;
  readonly agent: InteractiveAgent;
  readonly environment: Readonly<Record<string, string>>;
  /** See CommandSetup. */
  readonly mark: string;
  readonly eventsFolder: string;
  readonly hub: TerminalHub;
  readonly board: StatusBoard;
  readonly clock: Clock;
  /** How long the agent may take to end after SIGHUP and SIGTERM together. */
  readonly killGraceMs: number;
  readonly log: (message: string) => void;
  /** Removes the session's credentials from the agent's texts. */
  readonly redact: (text: string) => string;
  readonly onEvent: (event: AgentEvent) => void;
  /** Returns when the agent may start, or when the signal aborts. */
  readonly admit: (signal: AbortSignal) => Promise<void>;
}

/** Of an agent that was ended before it was admitted. */
const NOT_STARTED: Exit = { code: 0, signal: undefined };

/**
 * Keeps the session's agent running in its terminal until `stop`. An agent that crashes is restarted and resumes its
 * conversation; one that exits normally, or crashes repeatedly, waits for `start`.
 */
export class AgentSupervisor {
  readonly #options: SupervisorOptions;
  readonly #stop = new AbortController();
  /** Ends the current agent, and no later one. */
  #end = new AbortController();
  #running: Promise<boolean> = Promise.resolve(false);
  #startRequested: PromiseWithResolvers<void> = Promise.withResolvers();
  #crashes = 0;
  #hasStarted = false;
  /** Whether the current agent was started to resume a conversation and has not reported anything yet. */
  #isResuming = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Starts the agent unless it is running. */
  start(): void {
    if (this.#end.signal.aborted) this.#end = new AbortController();
    this.#startRequested.resolve();
  }

  /** Ends the agent until `start`; settles when everything it started is gone. */
  async end(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  /** Ends the agent; `run` settles when everything it started is gone. */
  stop(): void {
    this.#stop.abort();
    this.#startRequested.resolve();
  }

  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#startRequested.promise;
      if (signal.aborted) break;
      const end = this.#end.signal;
      if (!end.aborted) this.#running = this.#runOnce(AbortSignal.any([signal, end]));
      const goesOn = await this.#running;
      if (!goesOn || end.aborted) {
        // Unless `start` was called while it ended.
        if (this.#end.signal === end) this.#startRequested = Promise.withResolvers();
        if (signal.aborted) break;
        continue;
      }
      await this.#options.clock.sleep(RESTART_MS * 2 ** (this.#crashes - 1), AbortSignal.any([signal, end]));
    }
    this.#options.board.set({ state: "Exited" });
  }

  /** Runs the agent to its end; true when it must be restarted automatically. */
  async #runOnce(over: AbortSignal): Promise<boolean> {
    const { board, log } = this.#options;
    try {
      const exit = await this.#runAdmitted(over);
      if (this.#stop.signal.aborted) return false;
      if (over.aborted) {
        log("The agent was ended");
        board.set({ state: "Exited", activity: "Unknown", exitCode: undefined, message: undefined });
        return false;
      }
      log(`The agent ended with ${exit.signal ?? exit.code}`);
      if (exit.code === 0) {
        board.set({ state: "Exited", activity: "Completed", exitCode: 0, message: undefined });
        return false;
      }
      this.#crashes += 1;
      const isLastTry = this.#crashes === MAX_CRASHES - 1 && exit.code !== undefined;
      if (this.#isResuming && isLastTry) this.#forgetConversation();
      const message = `The agent ended with ${exit.signal ?? `exit code ${exit.code}`}`;
      if (this.#crashes < MAX_CRASHES) {
        board.set({
          state: "Starting",
          activity: "Unknown",
          exitCode: exit.code,
          message: `${message}; the runner starts it again`,
        });
        return true;
      }
      await this.#giveUp(exit, message);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      log(faultText(thrown));
      const { code, message, hint } = thrown;
      board.set({ state: "Exited", activity: "Failed", exitCode: undefined, message, code, hint });
    }
    return false;
  }

  async #giveUp(exit: Exit, message: string): Promise<void> {
    const { board, hub } = this.#options;
    const said = cleanText((await hub.lastLine()) ?? "", MAX_LAST_LINE);
    board.set({
      state: "Exited",
      activity: "Failed",
      exitCode: exit.code,
      message: `${message}, ${MAX_CRASHES} times in a row${said === "" ? "" : `: ${said}`}`,
    });
  }

  /**
   * An agent that was killed just as its conversation began may not have saved it: then a new conversation is better
   * than none.
   */
  #forgetConversation(): void {
    const { board, log } = this.#options;
    log(`The agent does not resume conversation ${board.status.conversationId}; it begins a new one`);
    board.set({ conversationId: undefined });
  }

  async #runAdmitted(over: AbortSignal): Promise<Exit> {
    await this.#options.admit(over);
    return over.aborted ? NOT_STARTED : await this.#runAgent(over);
  }

  async #runAgent(over: AbortSignal): Promise<Exit> {
    const { session, agent, hub, board, eventsFolder, mark } = this.#options;
    // The last event of an earlier agent may be the one with the conversation's id.
    new EventSpool(eventsFolder, (text) => this.#take(text)).collect();
    const { conversationId } = board.status;
    const inherited = { ...this.#options.environment, HOME: session.home };
    const launch = agent.launch({ ...session, model: session.model, conversationId, environment: inherited });
    const environment: Record<string, string> = {
      ...launch.defaults,
      ...inherited,
      ...launch.environment,
      [EVENTS_VARIABLE]: eventsFolder,
    };
    const place = { cwd: session.workingDirectory, environment, mark };
    const command = commandIn(place, [...(session.command ?? [agent.program]), ...launch.args]);
    seedFiles(launch.files);
    if (this.#hasStarted || hub.log.end > 0) hub.print(Buffer.from(LEFT_TERMINAL));
    this.#hasStarted = true;
    this.#isResuming = conversationId !== undefined;
    board.set({ state: "Starting", activity: "Unknown", exitCode: undefined, message: undefined });

    const spool = new EventSpool(eventsFolder, (text) => this.#take(text));
    spool.start();
    const pty = new Pty(command.program, command.args, {
      cwd: command.cwd,
      environment: command.environment,
      ...hub.size,
      onOutput: (bytes) => hub.print(bytes),
    });
    hub.program = pty;
    board.set({ state: "Running" });
    const end = () => void this.#endProgram(pty);
    over.addEventListener("abort", end, { once: true });
    if (over.aborted) end();
    try {
      return await pty.exited;
    } finally {
      over.removeEventListener("abort", end);
      hub.program = undefined;
      spool.collect();
      spool.stop();
      await killMarked(command.marker);
    }
  }

  /**
   * SIGHUP comes first, as from a terminal that closes, which an agent takes as its end; then SIGTERM, then SIGKILL.
   */
  async #endProgram(pty: Pty): Promise<void> {
    const { clock, killGraceMs } = this.#options;
    const gone = new AbortController();
    void pty.exited.then(() => gone.abort());
    for (const name of ["SIGHUP", "SIGTERM", "SIGKILL"] as const) {
      if (gone.signal.aborted) return;
      pty.signal(name);
      await clock.sleep(killGraceMs / 2, gone.signal);
    }
  }

  #take(text: string): void {
    const { agent, board, redact, onEvent } = this.#options;
    const event = agent.readEvent(text);
    if (event === undefined) return;
    this.#crashes = 0;
    this.#isResuming = false;
    board.set(eventStatus(event, board.status, redact));
    onEvent(event);
  }
}
