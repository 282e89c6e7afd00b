import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunnerSession, RunnerStatus } from "@clauderon/protocol";
import { onTestFinished, vi } from "vitest";
import { RUNNER, TERMINAL_AGENT } from "../../kit/programs.ts";
import { ViewerClient } from "./viewerClient.ts";

/** Patience for `expect.poll`: a process must start, on a busy machine. */
export const POLL = { timeout: 60_000, interval: 20 };

export interface SessionOptions {
  readonly session?: Partial<RunnerSession>;
  readonly prompt?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A folder of an earlier runner, to continue in. */
  readonly folder?: string;
  /** Without it, the fixture agent runs. */
  readonly command?: "the agent's own";
  /** Without a working directory it is the runner that makes it. */
  readonly work?: "folder" | "none";
}

/** The real `clauderon-runner session`, with the fixture agent unless another is named. All of it is gone after the test. */
export class SessionProcess {
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly exited: Promise<unknown>;
  stderr = "";

  constructor({ session, prompt, environment, folder, command, work = "folder" }: SessionOptions = {}) {
    this.folder = folder ?? newFolder();
    const spec = {
      session: "fix",
      agent: "scripted",
      ...(command === undefined ? { command: [TERMINAL_AGENT] } : {}),
      workingDirectory: join(this.folder, "work"),
      home: join(this.folder, "home"),
      socket: this.socket,
      permissionMode: "default",
      ...session,
    };
    if (work === "folder") mkdirSync(join(this.folder, "work"), { recursive: true });
    mkdirSync(join(this.folder, "home"), { recursive: true });
    writeFileSync(join(this.folder, "session.json"), JSON.stringify(spec));
    if (prompt !== undefined) writeFileSync(join(this.folder, "prompt"), prompt);
    this.#child = spawn("node", [RUNNER, "session", this.folder], {
      env: { PATH: process.env["PATH"], ...environment },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exited = once(this.#child, "exit");
    onTestFinished(async () => {
      this.signal("SIGTERM");
      await this.exited;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  get socket(): string {
    return join(this.folder, "runner.sock");
  }

  get savedStatus(): RunnerStatus {
    return JSON.parse(readFileSync(join(this.folder, "status.json"), "utf8")) as RunnerStatus;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Connects, as soon as the runner listens. */
  async connect(): Promise<ViewerClient> {
    const connected = await vi.waitFor(() => ViewerClient.connect(this.socket), POLL);
    onTestFinished(() => connected.close());
    return connected;
  }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "session-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
