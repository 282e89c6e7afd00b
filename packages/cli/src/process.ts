import { spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { isForeground } from "./attach/model/foreground.ts";
import type { Environment } from "./config.ts";

/** What a finished command said. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly environment: Environment;
  /** Ends the command (SIGTERM to all it started) when it aborts. */
  readonly stop?: AbortSignal | undefined;
}

/**
 * Runs a command to its end and collects what it prints; a non-zero exit is a result. A missing command is a Fault. The
 * terminal's Ctrl-C does not reach it, so that it is never cut in the middle unless `stop` says so.
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const { cwd, environment, stop } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const end = () => trySignalGroup(child.pid, "SIGTERM");
    stop?.addEventListener("abort", end, { once: true });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (cause) => reject(notStarted(command, cause)));
    child.on("close", (code, signal) => {
      stop?.removeEventListener("abort", end);
      const stderr = Buffer.concat(err).toString();
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(out).toString(),
        stderr: signal === null ? stderr : `${stderr}${signal}`,
      });
    });
  });
}

/** A long-running child whose output goes to the given file descriptors. */
export interface RunningChild {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Resolves with the exit code; 128 + n when signal n ended it, as shells say it. */
  readonly exited: Promise<number>;
  /** Asks the child to end (SIGTERM). Nothing happens once it has ended. */
  stop(): void;
}

/** Starts a child that the terminal's Ctrl-C does not reach: whoever starts it passes the wish on through `stop`. */
export function startChild(
  command: string,
  args: readonly string[],
  options: { cwd: string; environment: Environment; stdout: number; stderr: number },
): RunningChild {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...options.environment },
    stdio: ["ignore", options.stdout, options.stderr],
    detached: true,
  });
  const exited = new Promise<number>((resolve, reject) => {
    child.on("error", (cause) => reject(notStarted(command, cause)));
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  });
  return { pid: child.pid, exited, stop: () => void child.kill("SIGTERM") };
}

/** Signals a process group; one that is gone, or never was, is fine. */
function trySignalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}

/** True when a process with this id runs. One that has ended, and that no parent has asked for yet, does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether the terminal is this process's to take; assumed on systems without /proc. */
export function hasForeground(): boolean {
  try {
    return isForeground(readFileSync("/proc/self/stat", "utf8"));
  } catch {
    return true;
  }
}

/** As proc(5) tells it; systems without /proc have an init that asks. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}

function notStarted(command: string, cause: NodeJS.ErrnoException): Fault {
  return new Fault("AGENT_UNAVAILABLE", `Cannot start ${command}: ${cause.message}`, {
    cause,
    hint: `Install ${command} or put it on the PATH`,
  });
}

/**
 * Runs a command with the terminal as its own; its exit code, 128 + n when signal n ended it. Ctrl-C reaches both. With
 * `shown` what it prints goes through that, and it sees no terminal there.
 */
export function runInForeground(
  command: string,
  args: readonly string[],
  { cwd, environment, shown }: Omit<CommandOptions, "stop"> & { readonly shown?: (text: string) => string },
): Promise<number> {
  const output = shown === undefined ? "inherit" : "pipe";
  const child = spawn(command, args, { cwd, env: { ...environment }, stdio: ["inherit", output, output] });
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => process[name].write(shown?.(text) ?? text));
  }
  return new Promise((resolve, reject) => {
    child.on("error", (cause) => reject(notStarted(command, cause)));
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  });
}

/** A process that was left to itself. */
export interface DetachedChild {
  /** Settles with the first thing it says, or with its end. */
  readonly said: Promise<void>;
  /** How it ended, once it has, and what it wrote to standard error until then. */
  ended(): { readonly code: number; readonly stderr: string } | undefined;
  /** Lets this process end before it. */
  release(): void;
}

/**
 * Starts a process that outlives this one and has no terminal. Its standard error goes to a file without a name, so that
 * it can be told and nothing is left behind; its standard output is only waited for.
 */
export function startDetached(
  command: string,
  args: readonly string[],
  options: { cwd: string; environment: Environment },
): DetachedChild {
  const path = join(mkdtempSync(join(tmpdir(), "clauderon-start-")), "stderr");
  const file = openSync(path, "wx+", 0o600);
  rmSync(dirname(path), { recursive: true });
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...options.environment },
    stdio: ["ignore", "pipe", file],
    detached: true,
  });
  let end: { code: number; stderr: string } | undefined;
  const said = new Promise<void>((resolve) => {
    child.on("error", (cause) => {
      end = { code: 127, stderr: cause.message };
      resolve();
    });
    child.on("exit", (code, signal) => {
      end = { code: code ?? 128 + constants.signals[signal ?? "SIGKILL"], stderr: readFrom(file) };
      resolve();
    });
    child.stdout?.once("data", () => resolve());
  });
  const release = () => {
    child.unref();
    (child.stdout as Socket | null)?.unref();
  };
  return { said, ended: () => end, release };
}

/** The first 64 KiB of an open file. */
function readFrom(file: number): string {
  const buffer = Buffer.alloc(65_536);
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0)).toString();
}

/** Asks a process to end (SIGTERM); one that is gone is fine. */
export function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}

/** Becomes another program, as exec(2) does. */
export function replaceProcess(program: string, args: readonly string[], environment: Environment): never {
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return process.execve?.(program, [program, ...args], Object.fromEntries(variables)) as never;
}
