import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { Fault, messageOf } from "@clauderon/base";

interface Place {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ProcessOptions extends Place {
  /** Written to stdin, which is then closed. */
  readonly stdin?: string;
}

export interface Exit {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** A child that leads its own process group. */
export interface RunningProcess {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The leader is gone; others of its group may still hold the pipes. */
  readonly exited: Promise<Exit>;
  /** Signals the whole group; a group that is gone is fine. */
  signal(name: NodeJS.Signals): void;
}

/** Starts a program; AGENT_UNAVAILABLE when it cannot be executed. */
export async function startProcess(
  command: string,
  args: readonly string[],
  { stdin, ...place }: ProcessOptions,
): Promise<RunningProcess> {
  const running = await openProcess(command, args, place);
  running.stdin.end(stdin ?? "");
  return running;
}

/** A child whose input stays open for more. */
export interface OpenProcess extends RunningProcess {
  readonly stdin: Writable;
}

/** The same with an open input. */
export async function openProcess(command: string, args: readonly string[], place: Place): Promise<OpenProcess> {
  const child = spawn(command, args, { cwd: place.cwd, env: place.environment, detached: true });
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  await once(child, "spawn").catch((cause: unknown) => {
    throw new Fault("AGENT_UNAVAILABLE", `Cannot execute "${command}": ${messageOf(cause)}`, { cause });
  });
  // A program may leave without reading its input; its exit tells what that means.
  child.stdin.on("error", () => undefined);
  const pid = child.pid ?? 0;
  const { stdin, stdout, stderr } = child;
  return { pid, stdin, stdout, stderr, exited, signal: (name) => trySignal(-pid, name) };
}

/** Sends a signal to a process, or to a group by its negative number; one that is gone already is fine. */
export function trySignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code !== "ESRCH") throw thrown;
  }
}

/** Whether there is such a process, one that nobody has reaped yet included. */
export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

export interface Captured extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** The most that is kept of each stream of a captured program. */
const CAPTURED_BYTES = 1_048_576;

/** Runs a program to its end and keeps what it printed, the last mebibyte of it; an abort ends it by SIGTERM. */
export async function capture(
  command: string,
  args: readonly string[],
  options: ProcessOptions & { readonly stop: AbortSignal; readonly onStderr?: (text: string) => void },
): Promise<Captured> {
  const running = await startProcess(command, args, options);
  const end = () => running.signal("SIGTERM");
  if (options.stop.aborted) end();
  options.stop.addEventListener("abort", end, { once: true });
  try {
    const [stdout, stderr, exit] = await Promise.all([
      readTail(running.stdout),
      readTail(running.stderr, options.onStderr),
      running.exited,
    ]);
    return { ...exit, stdout, stderr };
  } finally {
    options.stop.removeEventListener("abort", end);
  }
}

async function readTail(stream: Readable, onText?: (text: string) => void): Promise<string> {
  let kept = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream as AsyncIterable<string>) {
    onText?.(chunk);
    kept = (kept + chunk).slice(-CAPTURED_BYTES);
  }
  return kept;
}
