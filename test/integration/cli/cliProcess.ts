import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { CLAUDERON, collectText } from "../../kit/programs.ts";

/** Patience for `expect.poll`: a process must start, on a busy machine. */
export const POLL = { timeout: 20_000, interval: 20 };

export interface CliOptions {
  readonly cwd?: string;
  /** Added to PATH and TERM; nothing else is inherited. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Closes the reading end of standard output immediately. */
  readonly unread?: boolean;
}

export interface EndedCli {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedCli {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<EndedCli>;
}

/** Starts the real clauderon. */
export function startCli(args: readonly string[], options: CliOptions = {}): StartedCli {
  const child = spawn(process.execPath, [CLAUDERON, ...args], {
    cwd: options.cwd ?? "/",
    env: { PATH: process.env.PATH, TERM: "dumb", ...options.environment },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  if (options.unread === true) child.stdout.destroy();
  const [stdout, stderr] = [collectText(child.stdout), collectText(child.stderr)];
  const ended = once(child, "close").then(([code]): EndedCli => {
    return { exitCode: code as number | null, stdout: stdout(), stderr: stderr() };
  });
  return { pid: child.pid ?? 0, stdout, stderr, signal: (name) => void child.kill(name), ended };
}

/** Runs the real clauderon to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<EndedCli> {
  return startCli(args, options).ended;
}
