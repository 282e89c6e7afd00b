import { constants } from "node:os";
import { pipeline } from "node:stream/promises";
import { controlFrame, type RunnerMessage } from "@clauderon/protocol";
import { killMarked } from "../../run/agent/leftovers.ts";
import { type Exit, exitCodeOf, openProcess } from "@clauderon/process";
import { errorOf } from "./answer.ts";
import type { Channel, FrameSink, Size } from "./channel.ts";
import type { Command } from "./command.ts";
import { Inflow } from "./inflow.ts";
import { Outflow } from "./outflow.ts";
import { Pty } from "../terminal/pty.ts";
import type { StderrChannel } from "./stderrChannel.ts";

export interface ExecOptions {
  readonly channel: number;
  readonly sink: FrameSink;
  /** Its Fault is told on the channel. */
  readonly command: () => Command;
  readonly terminal: Size | undefined;
  /** Where stderr goes when there is no terminal; dropped when left out. */
  readonly stderr: StderrChannel | undefined;
  readonly log: (message: string) => void;
}

/** What a running command is for its channel. */
interface Running {
  signal(name: NodeJS.Signals): void;
  resize(size: Size): void;
}

/** A command in the workspace on a channel. All it started is gone when it ends, or when its client goes away. */
export class ExecChannel implements Channel {
  readonly #options: ExecOptions;
  readonly #out: Outflow;
  readonly #in: Inflow;
  #running: Running | undefined;
  #isClosed = false;
  /** All that was started is gone. */
  readonly ended: Promise<void>;

  constructor(options: ExecOptions) {
    this.#options = options;
    this.#out = new Outflow(options.channel, options.sink);
    this.#in = new Inflow(options.channel, options.sink);
    this.ended = this.#run();
  }

  grant(bytes: number): void {
    this.#out.grant(bytes);
  }

  take(bytes: Uint8Array): void {
    this.#in.take(bytes);
  }

  takeEnd(): void {
    this.#in.end();
  }

  resize(size: Size): void {
    this.#running?.resize(size);
  }

  update(): void {
    this.#out.update();
  }

  close(): void {
    this.#isClosed = true;
    this.#out.drop();
    this.#options.stderr?.close();
    this.#in.end();
    this.#kill();
  }

  /** A client that is gone waits for nothing. */
  #kill(): void {
    this.#running?.signal("SIGHUP");
    this.#running?.signal("SIGKILL");
  }

  async #run(): Promise<void> {
    const { channel, sink, stderr } = this.#options;
    const message = await this.#toItsEnd();
    await Promise.all([this.#out.finish(), stderr?.finish()]);
    if (this.#isClosed) return;
    sink.send(controlFrame(channel, message));
    sink.end(channel);
  }

  async #toItsEnd(): Promise<RunnerMessage> {
    const { terminal, log } = this.#options;
    try {
      const command = this.#options.command();
      const exit = terminal === undefined ? await this.#plain(command) : await this.#inTerminal(command, terminal);
      await killMarked(command.marker);
      return { type: "exit", exitCode: exitCodeOf(exit, constants.signals) };
    } catch (thrown) {
      return { type: "error", ...errorOf(thrown, log) };
    }
  }

  async #plain(command: Command): Promise<Exit> {
    const { stderr } = this.#options;
    const child = await openProcess(command.program, command.args, command);
    this.#start({ signal: (name) => child.signal(name), resize: () => undefined });
    child.stdout.on("data", (bytes: Uint8Array) => this.#out.push(bytes, child.stdout));
    child.stderr.on("data", (bytes: Uint8Array) => stderr?.push(bytes, child.stderr));
    const printed = [child.stdout, child.stderr].map(
      (stream) => new Promise((resolve) => stream.once("close", resolve)),
    );
    void pipeline(this.#in.stream, child.stdin).catch(() => undefined);
    const exit = await child.exited;
    // What it left behind would keep its output open.
    await killMarked(command.marker);
    await Promise.all(printed);
    return exit;
  }

  async #inTerminal(command: Command, terminal: Size): Promise<Exit> {
    const { cwd, environment } = command;
    const onOutput = (bytes: Uint8Array) => this.#out.push(bytes, source);
    const pty = new Pty(command.program, command.args, { cwd, environment, ...terminal, onOutput });
    const source = { pause: () => (pty.isPaused = true), resume: () => (pty.isPaused = false) };
    this.#start({ signal: (name) => pty.signal(name), resize: ({ cols, rows }) => pty.resize(cols, rows) });
    void this.#type(pty);
    return pty.exited;
  }

  async #type(pty: Pty): Promise<void> {
    for await (const bytes of this.#in.stream as AsyncIterable<Uint8Array>) await pty.write(bytes);
  }

  #start(running: Running): void {
    this.#running = running;
    if (this.#isClosed) this.#kill();
  }
}
