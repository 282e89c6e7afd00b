import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { vi } from "vitest";

/** One line of the operator's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

const PROGRAM = resolve(import.meta.dirname, "../../../packages/operator/bin/thurkube.mjs");

/** The operator as users run it, in its own process, by default without leader election. */
export class OperatorProcess {
  readonly log: LogLine[] = [];
  errors = "";
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    if (child.stdout !== null) createInterface(child.stdout).on("line", (line) => this.log.push(parse(line)));
    child.stderr?.on("data", (data: Buffer) => (this.errors += data.toString()));
  }

  /** Starts the operator on the cluster at that URL and waits until it listens for probes. */
  static async start(url: string, args: readonly string[] = ["--leader-elect=false"]): Promise<OperatorProcess> {
    const operator = await OperatorProcess.launch(url, args);
    await operator.says("Started");
    return operator;
  }

  /** Starts it and waits for nothing. */
  static async launch(url: string, args: readonly string[]): Promise<OperatorProcess> {
    const folder = await mkdtemp(join(tmpdir(), "thurkube-"));
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, kubeconfigFor(url));
    const all = [PROGRAM, `--kubeconfig=${kubeconfig}`, "--health-port=0", "--log-level=debug", ...args];
    const env = { PATH: process.env["PATH"], POD_NAMESPACE: "default" };
    const child = spawn(process.execPath, all, { env, stdio: ["ignore", "pipe", "pipe"] });
    return new OperatorProcess(child, folder);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits for the log line with that message. */
  says(message: string): Promise<LogLine> {
    return vi.waitFor(
      () => {
        const line = this.log.find(({ msg }) => msg === message);
        if (line === undefined)
          throw new Error(`No line "${message}" yet: ${this.errors}${JSON.stringify(this.log.slice(-5))}`);
        return line;
      },
      { timeout: 20_000, interval: 20 },
    );
  }

  async probe(path: string): Promise<number> {
    const { healthPort } = await this.says("Started");
    return (await fetch(`http://127.0.0.1:${String(healthPort)}${path}`)).status;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async ended(): Promise<number | null> {
    if (this.isRunning) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function parse(line: string): LogLine {
  return JSON.parse(line) as LogLine;
}

function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server } }],
    users: [{ name: "user", user: {} }],
    contexts: [{ name: "test", context: { cluster: "test", user: "user" } }],
    "current-context": "test",
  });
}
