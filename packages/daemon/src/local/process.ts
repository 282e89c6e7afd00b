import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { Fault, messageOf } from "@clauderon/base";

export interface DetachedOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes what it prints; the log of the time before is kept as `<path>.1` when it is long. */
  readonly logFile: string;
}

export interface Detached {
  readonly pid: number;
  /** Settles when it ends while this process lives. */
  readonly exited: Promise<string>;
}

const MAX_LOG_BYTES = 1_048_576;

/** Starts a program in a session of its own, which lives on when this process or the terminal ends. */
export async function startDetached(
  command: string,
  args: readonly string[],
  options: DetachedOptions,
): Promise<Detached> {
  rotate(options.logFile);
  const log = openSync(options.logFile, "a", 0o600);
  try {
    const { cwd, environment } = options;
    const child = spawn(command, args, { cwd, env: { ...environment }, detached: true, stdio: ["ignore", log, log] });
    const exited = new Promise<string>((resolve) => {
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    await once(child, "spawn").catch((cause: unknown) => {
      throw new Fault("AGENT_UNAVAILABLE", `Cannot execute "${command}": ${messageOf(cause)}`, { cause });
    });
    child.unref();
    return { pid: child.pid ?? 0, exited };
  } finally {
    closeSync(log);
  }
}

function rotate(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
}

/** Processes of this machine whose command line passes, by what the kernel tells of them. */
export function findProcesses(isWanted: (argv: readonly string[]) => boolean): readonly number[] {
  return processIds().filter((pid) => isWanted(fields(`/proc/${pid}/cmdline`)));
}

/** Processes that were started with one of these variables in their environment, as far as they may be looked at. */
export function findByVariable(assignments: readonly string[]): readonly number[] {
  return processIds().filter((pid) => fields(`/proc/${pid}/environ`).some((field) => assignments.includes(field)));
}

function processIds(): readonly number[] {
  return readdirSync("/proc").flatMap((name) =>
    /^\d+$/.test(name) && name !== String(process.pid) ? [Number(name)] : [],
  );
}

function fields(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\0").slice(0, -1);
  } catch {
    return []; // Gone meanwhile, or another user's.
  }
}

/** Signals a process; one that is gone already is fine. */
export function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}
