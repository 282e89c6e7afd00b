import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Fault } from "@clauderon/base";

export interface ProcessOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed. */
  readonly stdin?: string | undefined;
  /** Ends the program by SIGTERM when it aborts. */
  readonly stop?: AbortSignal | undefined;
  /** What it says on stderr, as it comes. */
  readonly onStderr?: ((text: string) => void) | undefined;
  /** More output than this ends the program; MAX_OUTPUT_BYTES when left out. */
  readonly maxOutputBytes?: number | undefined;
}

/** Output is held in memory, and no string can hold much more. */
const MAX_OUTPUT_BYTES = 268_435_456;

/** Of what is said on stderr the end is kept, where the reason is; a stranger may say without end. */
const MAX_STDERR_BYTES = 65_536;

export interface Finished {
  /** 1 when a signal ended it, whose name is then at the end of stderr; never 0 when there was more output than was taken. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, away from the terminal's Ctrl-C. REPOSITORY_UNAVAILABLE when it cannot be started. */
export function runProcess(command: string, args: readonly string[], options: ProcessOptions): Promise<Finished> {
  const { cwd, environment, stdin = "", stop, onStderr, maxOutputBytes = MAX_OUTPUT_BYTES } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...environment }, stdio: "pipe", detached: true });
    const end = () => void child.kill("SIGTERM");
    stop?.addEventListener("abort", end, { once: true });
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
    child.stdin.on("error", () => undefined); // It may leave without reading; its exit code tells.
    child.stdin.end(stdin);
    child.on("error", (cause) => reject(notStarted(command, cwd, cause)));
    child.on("close", (code, signal) => {
      stop?.removeEventListener("abort", end);
      resolve({
        code: size > maxOutputBytes ? code || 1 : (code ?? 1),
        stdout: Buffer.concat(out).toString(),
        stderr: signal === null ? said : `${said}${signal}`,
      });
    });
    if (stop?.aborted === true) end();
  });
}

function notStarted(command: string, cwd: string, cause: Error): Fault {
  // Node says the same of a missing folder as of a missing program.
  if (!existsSync(cwd)) {
    return new Fault("REPOSITORY_UNAVAILABLE", `The folder ${cwd} no longer exists`, {
      cause,
      hint: "Restore it at that path",
    });
  }
  return new Fault("REPOSITORY_UNAVAILABLE", `Cannot start ${command} in ${cwd}: ${cause.message}`, {
    cause,
    hint: `Install ${command}`,
  });
}
