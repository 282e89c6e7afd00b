import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Fault, type FaultCode } from "@clauderon/base/fault";
import { signalProcess } from "./signalProcess.ts";
import { startFault } from "./startFault.ts";
import type { ProcessPlace } from "./startProcess.ts";

export interface RunOptions extends ProcessPlace {
  /** Written to stdin, which is then closed. */
  readonly stdin?: string | Uint8Array | undefined;
  /** Ends the program when it aborts. */
  readonly stop?: AbortSignal | undefined;
  /** Ends the program after this time, and `runProcess` throws TIMEOUT. */
  readonly deadlineMs?: number | undefined;
  /** Ends the program when it has written nothing for this time, and `runProcess` throws TIMEOUT. */
  readonly idleMs?: number | undefined;
  /** Gets what the program writes to stderr, as it arrives. */
  readonly onStderr?: ((text: string) => void) | undefined;
  /** More output than this ends the program; defaults to MAX_OUTPUT_BYTES. */
  readonly maxOutputBytes?: number | undefined;
  /** The code of the Fault when the program cannot be started; defaults to AGENT_UNAVAILABLE. */
  readonly faultCode?: FaultCode | undefined;
}

/** Output is held in memory. */
const MAX_OUTPUT_BYTES = 268_435_456;

/** Only the end of stderr is kept, since the reason is there; an untrusted program may write without end. */
const MAX_STDERR_BYTES = 65_536;

/**
 * How long a program may take to end after SIGTERM before it is killed, and then how long others may hold its pipes.
 */
const KILL_MS = 10_000;
const DRAIN_MS = 1_000;

export interface Finished {
  /** 1 when a signal ended it, whose name is then at the end of stderr; never 0 when its output was too long. */
  readonly code: number;
  /** Bytes: only the caller knows whether they are text. */
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs a program to its end in its own process group, so that the terminal's Ctrl-C does not reach it. A nonzero exit
 * code is a result, not an error. Whatever ends the program early ends its whole group. A Fault when it cannot be
 * started.
 */
export function runProcess(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const { cwd, environment, stop } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: environment, stdio: "pipe", detached: true });
    const ending = new Ending(child);
    const end = () => ending.begin();
    const limits = limitTime(child, options, end);
    const output = collect(child, options, end);
    const settle = () => {
      ending.stop();
      limits.clear();
      stop?.removeEventListener("abort", end);
    };
    child.on("error", (cause) => {
      settle();
      reject(startFault(command, cwd, cause, options.faultCode));
    });
    child.on("close", (code, signal) => {
      settle();
      if (limits.exceeded === "") resolve(output({ code, signal }));
      else reject(new Fault("TIMEOUT", `${command} ${limits.exceeded}`));
    });
    stop?.addEventListener("abort", end, { once: true });
    if (stop?.aborted === true) end();
  });
}

/** Ends a program that takes too long, or writes nothing for a while, and says which. */
function limitTime(child: ChildProcessWithoutNullStreams, { deadlineMs, idleMs }: RunOptions, end: () => void) {
  const timers: NodeJS.Timeout[] = [];
  const limits = { exceeded: "", clear: () => timers.forEach((timer) => clearTimeout(timer)) };
  const limit = (milliseconds: number | undefined, exceeded: string) => {
    if (milliseconds === undefined) return undefined;
    const exceed = () => {
      limits.exceeded ||= `${exceeded} ${milliseconds / 1_000} s`;
      end();
    };
    const timer = setTimeout(exceed, milliseconds);
    timers.push(timer);
    return timer;
  };
  limit(deadlineMs, "did not end within");
  const idle = limit(idleMs, "wrote nothing for");
  for (const stream of [child.stdout, child.stderr]) stream.on("data", () => idle?.refresh());
  return limits;
}

/** Writes the input and reads both outputs within their limits; the result has what was read. */
function collect(child: ChildProcessWithoutNullStreams, options: RunOptions, end: () => void) {
  const { stdin = "", onStderr, maxOutputBytes = MAX_OUTPUT_BYTES } = options;
  const out: Buffer[] = [];
  let [size, said] = [0, ""];
  child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxOutputBytes) out.push(chunk);
    else end();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-MAX_STDERR_BYTES);
    onStderr?.(text);
  });
  child.stdin.on("error", () => undefined); // It may end without reading; its exit code says what that means.
  child.stdin.end(stdin);
  return ({ code, signal }: { code: number | null; signal: string | null }): Finished => ({
    code: size > maxOutputBytes ? code || 1 : (code ?? 1),
    stdout: Buffer.concat(out),
    stderr: signal === null ? said : `${said}${signal}`,
  });
}

/** SIGTERM to the group; SIGKILL when that does not end it; then closes the pipes, which other processes may hold. */
class Ending {
  readonly #child: ChildProcessWithoutNullStreams;
  #timer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
  }

  begin(): void {
    if (this.#timer !== undefined) return;
    this.#signal("SIGTERM");
    this.#timer = setTimeout(() => {
      this.#signal("SIGKILL");
      this.#timer = setTimeout(() => this.#drop(), DRAIN_MS);
    }, KILL_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #signal(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid !== undefined) signalProcess(-pid, name);
  }

  #drop(): void {
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }
}
