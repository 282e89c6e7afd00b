import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import {
  type CreateSession,
  type Session,
  sessionListSchema,
  sessionSchema,
  STREAM_PROTOCOL,
} from "@clauderon/protocol";
import { onTestFinished, vi } from "vitest";
import { ViewerClient } from "../runnerSession/viewerClient.ts";
import { type Bystanders, isBystander, plantBystanders } from "../../kit/bystanders.ts";
import { processesOf, tryKill } from "../../kit/processes.ts";
import { DAEMON, TERMINAL_AGENT, WITHOUT_BOUNDARY } from "../../kit/programs.ts";

/** Patience for what many processes on a busy machine do. */
export const POLL = { timeout: 80_000, interval: 25 };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A CLAUDERON_HOME and a repository beside it, with real daemons one after the other. All is gone after the test, and what else the user has in the repository is the same. */
export class DaemonWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "cld-"));
  readonly home = join(this.folder, "home");
  readonly repository = join(this.folder, "repo");
  readonly temporary = join(this.folder, "tmp");
  readonly environment: Readonly<Record<string, string>>;
  readonly bystanders: Bystanders;
  #daemon: ChildProcess | undefined;
  output = "";

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.environment = {
      PATH: process.env["PATH"] ?? "",
      HOME: join(this.folder, "user"),
      TMPDIR: this.temporary,
      CLAUDERON_HOME: this.home,
      ...WITHOUT_BOUNDARY,
      ...environment,
    };
    onTestFinished(() => this.#clean());
    mkdirSync(this.temporary);
    execFileSync("git", ["init", "--quiet", "--initial-branch=main", this.repository]);
    for (const [key, value] of [
      ["user.name", "Ada"],
      ["user.email", "ada@example.invalid"],
    ] as const)
      this.git("config", key, value);
    writeFileSync(join(this.repository, "readme"), "one\n");
    this.git("add", "readme");
    this.git("commit", "--quiet", "--message", "first");
    this.bystanders = plantBystanders(this.repository, { PATH: process.env["PATH"] ?? "", HOME: this.folder });
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, {
      cwd: this.repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  get socket(): string {
    return join(this.home, "daemon.sock");
  }

  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  /** Starts a daemon and waits until it answers. */
  async start(...args: readonly string[]): Promise<this> {
    const child = this.spawn(...args);
    this.#daemon = child;
    await vi.waitFor(async () => {
      if (child.exitCode !== null) throw new Error(`The daemon ended: ${this.output}`);
      const { pid } = (await this.ask("GET", "/health")).body as { pid: number };
      if (pid !== child.pid) throw new Error(`Another daemon answers: ${pid}`);
    }, POLL);
    return this;
  }

  spawn(...args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [DAEMON, ...args], {
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    return child;
  }

  /** Ends the daemon, and waits until it is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#daemon;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  /** Kills the runners and their agents, as a reboot does; the daemon has ended. */
  async endRunners(): Promise<void> {
    await vi.waitFor(() => {
      const left = processesOf(this.home);
      for (const { pid } of left) tryKill(pid);
      if (left.length > 0) throw new Error(JSON.stringify(left));
    }, POLL);
  }

  ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { "content-type": "application/json" };
      const call = request({ socketPath: this.socket, method, path, agent: false, headers: { ...type, ...headers } });
      call.on("response", (response) => void readAnswer(response).then(resolve, reject));
      call.on("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Creates a session with the fixture agent; the answer is checked. */
  async create(session: Partial<CreateSession> = {}): Promise<Session> {
    const whole = { repository: this.repository, agent: "scripted", command: [TERMINAL_AGENT], ...session };
    const { status, body } = await this.ask("POST", "/api/sessions", whole);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return sessionSchema.parse(body);
  }

  async list(): Promise<readonly Session[]> {
    return sessionListSchema.parse((await this.ask("GET", "/api/sessions")).body).items;
  }

  async session(name: string): Promise<Session> {
    const { status, body } = await this.ask("GET", `/api/sessions/${name}`);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return sessionSchema.parse(body);
  }

  /** Waits until the session has come to this phase, and activity if it is given. */
  async until(name: string, phase: string, activity?: string): Promise<Session> {
    return vi.waitFor(async () => {
      const session = await this.session(name);
      const { status } = session;
      if (status.phase === phase && (activity ?? status.activity) === status.activity) return session;
      throw new Error(`${name} is not ${phase} ${activity ?? ""}: ${JSON.stringify(status)}`);
    }, POLL);
  }

  /** A client of the session's stream. */
  async stream(name: string): Promise<ViewerClient> {
    const socket = await this.upgrade(`/api/sessions/${name}/stream`);
    const client = new ViewerClient(socket);
    onTestFinished(() => client.close());
    return client;
  }

  upgrade(path: string): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const headers = { connection: "Upgrade", upgrade: STREAM_PROTOCOL };
      const call = request({ socketPath: this.socket, path, agent: false, headers });
      call.on("upgrade", (_response, socket, head) => {
        socket.unshift(head);
        resolve(socket);
      });
      call.on(
        "response",
        (response) => void readAnswer(response).then(({ body }) => reject(new Error(JSON.stringify(body)))),
      );
      call.on("error", reject);
      call.end();
    });
  }

  /** What sessions have left anywhere: processes, files, folders, worktrees, branches, refs. */
  leftovers(): Readonly<Record<string, readonly string[]>> {
    const [folder, records] = [join(this.home, "sessions"), join(this.home, "repositories")];
    return {
      processes: processesOf(this.home)
        .filter(({ pid }) => pid !== this.pid)
        .map(({ line }) => line),
      files: [
        ...readdirSync(this.home).filter((name) => !OF_DAEMON.test(name)),
        ...readdirSync(this.temporary),
        ...(existsSync(records) ? readdirSync(records) : []),
        ...[".git", ".git/objects"]
          .flatMap((folder) => readdirSync(join(this.repository, folder)))
          .filter((name) => name.includes("clauderon")),
      ],
      folders: existsSync(folder) ? readdirSync(folder) : [],
      worktrees:
        this.git("worktree", "list", "--porcelain")
          .match(/^worktree .*$/gm)
          ?.slice(1)
          .filter((line) => !isBystander(line)) ?? [],
      refs: this.git("for-each-ref", "--format=%(refname)")
        .split("\n")
        .filter((ref) => ref.includes("clauderon") && !ref.includes("rescued")),
      configuration: this.git("config", "--local", "--list")
        .split("\n")
        .filter((line) => line.includes("clauderon")),
    };
  }

  async #clean(): Promise<void> {
    await this.end("SIGKILL");
    await this.endRunners();
    try {
      if (existsSync(this.repository)) this.bystanders.check();
    } finally {
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

/** What lies in a home that has no sessions. */
const OF_DAEMON =
  /^(daemon\.(sock|lock|lock-journal|log|token)|sessions|sessions\.db(-wal|-shm)?|cache|repositories|proxy)$/;

export const NOTHING_LEFT = { processes: [], files: [], folders: [], worktrees: [], refs: [], configuration: [] };

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return { status: response.statusCode ?? 0, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
}
