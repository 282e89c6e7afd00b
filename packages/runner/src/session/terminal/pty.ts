import { writeSync } from "node:fs";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { clearInterval, setInterval } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";
import { type IPty, spawn } from "@lydell/node-pty";
import { type Exit, isThere, signalProcess } from "@clauderon/process";

export interface PtyOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
  readonly onOutput: (bytes: Uint8Array) => void;
}

/** A full input queue of the terminal is tried again this often. */
const RETRY_MS = 5;
/** node-pty drops what a program printed last, 200 ms after its end, if it is still paused; so that end is looked for. */
const END_LOOK_MS = 20;

/**
 * node-pty's own write blocks the whole process while the program in the terminal does not read (libuv falls back to
 * blocking writes on a master), so we write to its file descriptor, which is non-blocking, as long as its socket has it open.
 */
interface Internals {
  readonly fd: number;
  readonly _socket: Socket;
}

/** A program in a terminal of its own, whose session and process group it leads. */
export class Pty {
  readonly #pty: IPty & Internals;
  #writing: Promise<void> = Promise.resolve();
  /** Looks for the end of a paused program; undefined while it is not paused. */
  #pause: NodeJS.Timeout | undefined;
  /** The program is gone and all it printed was given to `onOutput`. */
  readonly exited: Promise<Exit>;

  /** `program` is a path; one that cannot be executed exits with 1 at once. */
  constructor(program: string, args: readonly string[], options: PtyOptions) {
    const { cwd, environment, cols, rows, onOutput } = options;
    this.#pty = spawn(program, [...args], { cwd, env: { ...environment }, cols, rows, encoding: null }) as IPty &
      Internals;
    // Without an encoding it gives buffers, whatever its types say.
    this.#pty.onData((data) => onOutput(data as unknown as Uint8Array));
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => resolve(toExit(exitCode, signal)));
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Settles when the terminal has taken it all, in the order of the calls; what comes after the program's end is dropped. */
  write(bytes: Uint8Array): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll(bytes));
    return this.#writing;
  }

  resize(cols: number, rows: number): void {
    if (!this.#isGone) this.#pty.resize(cols, rows);
  }

  /** Whether the program may print; a paused one waits as soon as the terminal's own buffer is full. */
  set isPaused(paused: boolean) {
    if (!paused) this.#resume();
    else if (this.#pause === undefined && isThere(this.#pty.pid)) {
      this.#pty.pause();
      this.#pause = setInterval(() => {
        if (!isThere(this.#pty.pid)) this.#resume();
      }, END_LOOK_MS);
    }
  }

  /** Signals the program's group; one that is gone is fine. */
  signal(name: NodeJS.Signals): void {
    signalProcess(-this.#pty.pid, name);
  }

  #resume(): void {
    if (this.#pause === undefined) return;
    clearInterval(this.#pause);
    this.#pause = undefined;
    this.#pty.resume();
  }

  get #isGone(): boolean {
    return this.#pty._socket.destroyed;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0 && !this.#isGone) {
      const taken = this.#tryWrite(rest);
      if (taken === undefined) return;
      if (taken === 0) await sleep(RETRY_MS);
      rest = rest.subarray(taken);
    }
  }

  /** Bytes the terminal took; undefined when there is none any more. */
  #tryWrite(bytes: Uint8Array): number | undefined {
    try {
      return writeSync(this.#pty.fd, bytes);
    } catch (thrown) {
      return (thrown as NodeJS.ErrnoException).code === "EAGAIN" ? 0 : undefined;
    }
  }
}

function toExit(exitCode: number, number: number | undefined): Exit {
  const signal = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return signal === undefined ? { code: exitCode, signal } : { code: undefined, signal };
}
