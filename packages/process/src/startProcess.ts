import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { Exit } from "./model/exit.ts";
import { signalProcess } from "./signalProcess.ts";
import { startFault } from "./startFault.ts";

export interface ProcessPlace {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A child that leads its own process group, so that the terminal's Ctrl-C does not reach it. */
export interface StartedProcess {
  readonly pid: number;
  /** Settles when the leader has ended. Others of its group may still hold the pipes. */
  readonly exited: Promise<Exit>;
  /** Signals the whole group. A group that has ended is fine. */
  signal(name: NodeJS.Signals): void;
}

/** A child on pipes. */
export interface OpenProcess extends StartedProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** Starts a program whose input stays open. AGENT_UNAVAILABLE when it cannot be started. */
export async function openProcess(command: string, args: readonly string[], place: ProcessPlace): Promise<OpenProcess> {
  const { cwd, environment } = place;
  const child = spawn(command, args, { cwd, env: environment, stdio: "pipe", detached: true });
  // A program may end without reading its input; its exit code says what that means.
  child.stdin.on("error", () => undefined);
  const { stdin, stdout, stderr } = child;
  return { ...(await started(child, command, cwd)), stdin, stdout, stderr };
}

/** A child that may outlive this process. */
export interface LoggedProcess extends StartedProcess {
  /** Settles with the first thing that the child writes to a piped stdout, or with its end. */
  readonly said: Promise<void>;
  /** Lets this process end before the child does. */
  release(): void;
}

export interface LogFiles extends ProcessPlace {
  /** A file descriptor, or a pipe whose first output or end settles `said`. */
  readonly stdout: number | "pipe";
  /** A file descriptor. */
  readonly stderr: number;
  /** What the child reads from its file descriptor 3; without it, the child has none. */
  readonly input?: Uint8Array | undefined;
}

/** Starts a program without a terminal that writes to files. AGENT_UNAVAILABLE when it cannot be started. */
export async function startLogged(command: string, args: readonly string[], place: LogFiles): Promise<LoggedProcess> {
  const { cwd, environment, stdout, stderr, input } = place;
  const further = input === undefined ? [] : (["pipe"] as const);
  const stdio: StdioOptions = ["ignore", stdout, stderr, ...further];
  const child = spawn(command, args, { cwd, env: environment, stdio, detached: true });
  const end = child.stdio[3] as Writable | undefined;
  // A child that ends without reading says why by its exit code.
  end?.on("error", () => undefined).end(input);
  const pipe = child.stdout;
  const said = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    pipe?.once("data", () => resolve());
  });
  const release = () => {
    child.unref();
    if (pipe !== null && "unref" in pipe) (pipe.unref as () => void)();
  };
  return { ...(await started(child, command, cwd)), said, release };
}

async function started(child: ChildProcess, command: string, cwd: string): Promise<StartedProcess> {
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  await once(child, "spawn").catch((cause: unknown) => {
    throw startFault(command, cwd, cause as Error);
  });
  const pid = child.pid ?? 0;
  return { pid, exited, signal: (name) => signalProcess(-pid, name) };
}
