import { spawn } from "node:child_process";
import { Fault } from "@clauderon/base";
import type { Environment } from "./config.ts";

/** What a finished command said. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end and collects what it prints; a non-zero exit is a result. A missing command is a Fault. */
export function runCommand(command: string, args: readonly string[], cwd: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (cause) => reject(notStarted(command, cause)));
    child.on("close", (code, signal) => {
      const stderr = Buffer.concat(err).toString();
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(out).toString(),
        stderr: signal === null ? stderr : `${stderr}${signal}`,
      });
    });
  });
}

/** Runs git in a folder and returns what it printed, without the last newline; a non-zero exit is a Fault with git's words. */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand("git", args, cwd);
  if (code === 0) return stdout.replace(/\n$/, "");
  const said = stderr.trim() || `exit code ${code}`;
  throw new Fault("REPOSITORY_UNAVAILABLE", `git ${args[0] ?? ""} failed in ${cwd}: ${said}`);
}

/** A long-running child in a process group of its own, whose output goes to the given file descriptors. */
export interface RunningChild {
  /** Resolves with the exit code; 128 + n when signal n ended it, as shells say it. */
  readonly exited: Promise<number>;
  /** Asks the child to end (SIGTERM); asked again, its whole group is killed. Nothing happens once it has ended. */
  stop(): void;
}

/** Starts a child that the terminal's Ctrl-C does not reach: whoever starts it passes the wish on through `stop`. */
export function startChild(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Environment; stdout: number; stderr: number },
): RunningChild {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ["ignore", options.stdout, options.stderr],
    detached: true,
  });
  let asked = false;
  const exited = new Promise<number>((resolve, reject) => {
    child.on("error", (cause) => reject(notStarted(command, cause)));
    child.on("exit", (code, signal) => resolve(code ?? 128 + (signal === "SIGKILL" ? 9 : 15)));
  });
  return {
    exited,
    stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      if (asked) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGTERM");
      asked = true;
    },
  };
}

function notStarted(command: string, cause: Error): Fault {
  return new Fault("AGENT_UNAVAILABLE", `Cannot start ${command}: ${cause.message}`, {
    cause,
    hint: `Install ${command} or put it on the PATH`,
  });
}
