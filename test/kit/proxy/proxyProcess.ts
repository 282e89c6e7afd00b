import { spawn } from "node:child_process";
import { once } from "node:events";
import { collectText, PROXY } from "../programs.ts";

export interface ProxyProcess {
  readonly pid: number;
  readonly port: number;
  readonly metricsPort: number;
  /** All that it has printed so far. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts `clauderon-proxy` on a folder and resolves when it listens; rejects with what it printed when it ends instead. */
export async function startProxyProcess(
  state: string,
  args: readonly string[] = [],
  program = PROXY,
  environment: Readonly<Record<string, string>> = {},
): Promise<ProxyProcess> {
  const ports = ["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
  const child = spawn(process.execPath, [program, "--state", state, ...ports, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const [stdout, stderr] = [collectText(child.stdout), collectText(child.stderr)];
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  const started = new Promise<{ port: number; metricsPort: number }>((resolve) => {
    child.stdout.on("data", () => {
      const line = stdout()
        .split("\n")
        .find((each) => each.includes('"msg":"Started"'));
      if (line !== undefined) resolve(JSON.parse(line) as { port: number; metricsPort: number });
    });
  });
  const failed = ended.then((code): never => {
    throw new Error(`clauderon-proxy ended with ${code}: ${stderr()}${stdout()}`);
  });
  failed.catch(() => undefined);
  const { port, metricsPort } = await Promise.race([started, failed]);
  return {
    pid: child.pid ?? 0,
    port,
    metricsPort,
    output: () => stdout() + stderr(),
    signal: (name) => void child.kill(name),
    ended,
  };
}
