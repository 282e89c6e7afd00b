import { spawn } from "node:child_process";
import { Fault } from "@clauderon/base";

export interface ProcessOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed. */
  readonly stdin?: string | undefined;
  /** Ends the program by SIGTERM when it aborts. */
  readonly stop?: AbortSignal | undefined;
}

export interface Finished {
  /** 1 when a signal ended it, whose name is then at the end of stderr. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, away from the terminal's Ctrl-C. REPOSITORY_UNAVAILABLE when it cannot be started. */
export function runProcess(command: string, args: readonly string[], options: ProcessOptions): Promise<Finished> {
  const { cwd, environment, stdin = "", stop } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...environment }, stdio: "pipe", detached: true });
    const end = () => void child.kill("SIGTERM");
    stop?.addEventListener("abort", end, { once: true });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => undefined); // It may leave without reading; its exit code tells.
    child.stdin.end(stdin);
    child.on("error", (cause) => reject(notStarted(command, cwd, cause)));
    child.on("close", (code, signal) => {
      stop?.removeEventListener("abort", end);
      const said = Buffer.concat(err).toString();
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(out).toString(),
        stderr: signal === null ? said : `${said}${signal}`,
      });
    });
    if (stop?.aborted === true) end();
  });
}

function notStarted(command: string, cwd: string, cause: Error): Fault {
  return new Fault("REPOSITORY_UNAVAILABLE", `Cannot start ${command} in ${cwd}: ${cause.message}`, {
    cause,
    hint: `Install ${command}, and see that the folder exists`,
  });
}
