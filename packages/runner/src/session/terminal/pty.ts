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

/** How often to retry when the terminal's input queue is full. */
const RETRY_MS = 5;
/** node-pty drops a program's last output 200 ms after its end if it is still paused; so we check for that end. */
const END_LOOK_MS = 20;

/**
 * node-pty's own write blocks the whole process while the program in the terminal does not read (libuv falls back to
 * blocking writes on a master). So we write to its file descriptor, which is non-blocking, while its socket is open.
 */
interface Internals {
  readonly fd: number;
  readonly _socket: Socket;
}

/** A program in its own terminal, as leader of that terminal's session and process group. */
export class Pty {
  readonly #pty: IPty & Internals;
  #writing: Promise<void> = Promise.resolve();
  /** Checks for the end of a paused program; undefined while it is not paused. */
  #pause: NodeJS.Timeout | undefined;
  #hasExited = false;
  /** Settles when the program has ended and `onOutput` has all of its output. */
  readonly exited: Promise<Exit>;

  /** `program` is a path; a program that cannot be executed exits at once with 1. */
  constructor(program: string, args: readonly string[], options: PtyOptions) {
    const { cwd, environment, cols, rows, onOutput } = options;
    this.#pty = spawn(program, [...args], { cwd, env: { ...environment }, cols, rows, encoding: null }) as IPty &
      Internals;
    // Without an encoding it passes buffers, despite its types.
    this.#pty.onData((data) => onOutput(data as unknown as Uint8Array));
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#hasExited = true;
        resolve(toExit(exitCode, signal));
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /**
   * Settles when the terminal has taken all of it, in the order of the calls; writes after the program's end are
   * dropped.
   */
  write(bytes: Uint8Array): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll(bytes));
    return this.#writing;
  }

  resize(cols: number, rows: number): void {
    if (!this.#isGone) this.#pty.resize(cols, rows);
  }

  /** Whether the program must stop printing; a paused one blocks as soon as the terminal's own buffer is full. */
  set isPaused(paused: boolean) {
    if (!paused) this.#resume();
    else if (this.#pause === undefined && isThere(this.#pty.pid)) {
      this.#pty.pause();
      this.#pause = setInterval(() => {
        if (!isThere(this.#pty.pid)) this.#resume();
      }, END_LOOK_MS);
    }
  }

  /** Signals the program's group; a group that has ended is fine. In its first moments the program is not in one yet. */
  signal(name: NodeJS.Signals): void {
    const { pid } = this.#pty;
    signalProcess(this.#hasExited || isThere(-pid) ? -pid : pid, name);
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

  /** The number of bytes that the terminal took; undefined when it has closed. */
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
