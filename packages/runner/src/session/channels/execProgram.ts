import { constants } from "node:os";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Channel } from "@clauderon/stream";
import { killMarked } from "../../run/agent/leftovers.ts";
import { type Exit, exitCodeOf, openProcess } from "@clauderon/process";
import { Pty } from "../terminal/pty.ts";
import type { Size } from "../terminal/size.ts";
import { errorOf } from "./answer.ts";
import type { Command } from "./command.ts";
import type { ChannelProgram, LastWords } from "./programChannel.ts";

export interface ExecOptions {
  /** Its Fault closes the channel. */
  readonly command: () => Command;
  readonly terminal: Size | undefined;
  /** Receives stderr when there is no terminal; when absent, stderr is dropped. */
  readonly stderr: Channel | undefined;
  readonly log: (message: string) => void;
}

/** A running command, as its channel uses it. */
interface Running {
  signal(name: NodeJS.Signals): void;
  resize(size: Size): void;
}

/** A command in the workspace. When it ends, or when its client disconnects, everything it started is killed. */
export class ExecProgram implements ChannelProgram {
  readonly #options: ExecOptions;
  #running: Running | undefined;
  #isAbandoned = false;

  constructor(options: ExecOptions) {
    this.#options = options;
  }

  resize(size: Size): void {
    this.#running?.resize(size);
  }

  abandon(): void {
    this.#isAbandoned = true;
    this.#options.stderr?.close();
    this.#kill();
  }

  async run(out: Channel, input: Readable): Promise<LastWords> {
    const { terminal, stderr, log } = this.#options;
    try {
      const command = this.#options.command();
      const exit = await (terminal === undefined
        ? this.#plain(command, out, input)
        : this.#inTerminal(command, out, { input, size: terminal }));
      await killMarked(command.marker);
      return { message: { type: "exit", exitCode: exitCodeOf(exit, constants.signals) } };
    } catch (thrown) {
      return { message: { type: "error", ...errorOf(thrown, log) } };
    } finally {
      await stderr?.sent();
      stderr?.close();
    }
  }

  async #plain(command: Command, out: Channel, input: Readable): Promise<Exit> {
    const child = await openProcess(command.program, command.args, command);
    this.#start({ signal: (name) => child.signal(name), resize: () => undefined });
    const errors = this.#options.stderr?.carry(child.stderr) ?? void child.stderr.resume();
    const printed = Promise.allSettled([out.carry(child.stdout), errors]);
    void pipeline(input, child.stdin).catch(() => undefined);
    const exit = await child.exited;
    // Processes that it left behind would keep its output open.
    await killMarked(command.marker);
    await printed;
    return exit;
  }

  #inTerminal(command: Command, out: Channel, at: { readonly input: Readable; readonly size: Size }): Promise<Exit> {
    const { cwd, environment } = command;
    const onOutput = (bytes: Uint8Array) => out.write(bytes, source);
    const pty = new Pty(command.program, command.args, { cwd, environment, ...at.size, onOutput });
    const source = { pause: () => (pty.isPaused = true), resume: () => (pty.isPaused = false) };
    this.#start({ signal: (name) => pty.signal(name), resize: ({ cols, rows }) => pty.resize(cols, rows) });
    void typeAll(at.input, pty);
    return pty.exited;
  }

  #start(running: Running): void {
    this.#running = running;
    if (this.#isAbandoned) this.#kill();
  }

  /** Kills at once: a client that has disconnected waits for nothing. */
  #kill(): void {
    this.#running?.signal("SIGHUP");
    this.#running?.signal("SIGKILL");
  }
}

async function typeAll(input: Readable, pty: Pty): Promise<void> {
  for await (const bytes of input as AsyncIterable<Uint8Array>) await pty.write(bytes);
}
