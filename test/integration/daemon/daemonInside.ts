import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type AbortSignalLike, type Clock, silentLog } from "@clauderon/base";
import { resolveConfig } from "@clauderon/config";
import { systemClock } from "@clauderon/controller";
import { type CreateSession, type DaemonEvent, type Session, STREAM_PROTOCOL } from "@clauderon/protocol";
import { onTestFinished, vi } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { CredentialFiles } from "../../../packages/daemon/src/credentials/credentials.ts";
import { EgressPolicy } from "../../../packages/daemon/src/egress/egressPolicy.ts";
import { ProxyFolder } from "../../../packages/daemon/src/egress/proxyFolder.ts";
import { ProxyProcess } from "../../../packages/daemon/src/egress/proxyProcess.ts";
import { SessionEgress } from "../../../packages/daemon/src/egress/sessionEgress.ts";
import { DaemonHome } from "../../../packages/daemon/src/home/daemonHome.ts";
import { Api } from "../../../packages/daemon/src/http/server.ts";
import { LocalBackend } from "../../../packages/daemon/src/local/localBackend.ts";
import { Registry } from "../../../packages/daemon/src/registry/registry.ts";
import { EventHub } from "../../../packages/daemon/src/session/events.ts";
import { newSpec } from "../../../packages/daemon/src/session/newSession.ts";
import { Sessions } from "../../../packages/daemon/src/session/sessions.ts";
import { Upkeep } from "../../../packages/daemon/src/session/upkeep.ts";
import { GitSessionWork } from "../../../packages/daemon/src/work/gitSessionWork.ts";
import { plantBystanders } from "../../kit/bystanders.ts";
import { processesIn, tryKill } from "../../kit/processes.ts";
import { TERMINAL_AGENT, WITHOUT_BOUNDARY } from "../../kit/programs.ts";
import { ViewerClient } from "../runnerSession/viewerClient.ts";
import { POLL } from "./daemonProcess.ts";
import { RunnerPods } from "./runnerPods.ts";

/** The parts of a real daemon in the test's own process, so that a test can let its time pass faster; its runners are processes. All is gone after the test. */
export class DaemonInside {
  readonly folder = mkdtempSync(join(tmpdir(), "cli-"));
  readonly repository = join(this.folder, "repo");
  readonly home = new DaemonHome({
    home: join(this.folder, "home"),
    uid: process.getuid?.() ?? 0,
    tmpdir: this.folder,
  });
  readonly pods = new RunnerPods(join(this.folder, "pods"));
  readonly told: DaemonEvent[] = [];
  readonly sessions: Sessions;
  /** How many times as fast as the wall's the daemon's time passes. */
  haste = 1;
  readonly fetchLimit: { bytes: number; text: string };
  readonly #api: Api;
  #stopped: Promise<void> | undefined;

  constructor(fetchLimit = { bytes: 1_000_000_000, text: "1G" }) {
    this.fetchLimit = fetchLimit;
    const environment = { PATH: process.env["PATH"] ?? "", HOME: join(this.folder, "user") };
    execFileSync("git", ["init", "--quiet", "--initial-branch=main", this.repository]);
    for (const [key, value] of [
      ["user.name", "Ada"],
      ["user.email", "ada@example.invalid"],
    ] as const)
      this.git("config", key, value);
    this.git("commit", "--quiet", "--allow-empty", "--message", "first");
    const bystanders = plantBystanders(this.repository, { ...environment, HOME: this.folder });
    this.home.prepare();
    const registry = new Registry(this.home.registryFile);
    const clock: Clock = {
      ...systemClock,
      sleep: (milliseconds, signal) => this.#sleep(milliseconds, signal),
    };
    const place = { environment, include: [], submodules: false };
    const proxyFolder = new ProxyFolder(this.home.proxyFolder);
    const stop = new AbortController().signal;
    const egress = new SessionEgress(
      proxyFolder,
      new ProxyProcess({ folder: proxyFolder, environment, clock, log: silentLog, stop }),
    );
    const backends = [new LocalBackend({ home: this.home, clock, egress, ...place }), this.pods];
    const folder = ({ name }: SessionRecord) => this.home.sessionFolder(name);
    const worktree = (session: SessionRecord) => `${folder(session)}/work`;
    const work = new GitSessionWork({ home: this.home.path, worktree, folder, ...place });
    const events = new EventHub();
    events.listen((event) => this.told.push(event));
    const { values: defaults } = resolveConfig({ flags: {}, environment: WITHOUT_BOUNDARY, file: undefined });
    this.sessions = new Sessions({
      registry,
      backends,
      work,
      events,
      fetchLimit: this.fetchLimit,
      clock,
      log: silentLog,
      credentials: { name: "none", variables: () => new Map() },
      newSpec: (request, name) => newSpec(request, name, { defaults, environment }),
    });
    const upkeep = new Upkeep(this.sessions, registry, backends, silentLog);
    const credentials = new CredentialFiles(this.home.credentialsFolder, environment);
    this.#api = new Api({
      version: "0",
      log: silentLog,
      backends,
      sessions: this.sessions,
      upkeep,
      events,
      credentials,
      egress: new EgressPolicy(registry, new Map([["local" as const, egress]])),
    });
    onTestFinished(async () => {
      await this.stop();
      registry.close();
      await vi.waitFor(() => {
        const left = processesIn(this.folder);
        for (const { pid } of left) tryKill(pid);
        if (left.length > 0) throw new Error(JSON.stringify(left));
      }, POLL);
      try {
        bystanders.check();
      } finally {
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  }

  async start(): Promise<this> {
    await this.#api.prepare();
    this.sessions.start();
    await this.#api.listen(this.home.prepareSocket());
    return this;
  }

  /** Ends like a daemon that gets SIGTERM. */
  stop(): Promise<void> {
    this.#stopped ??= this.#api.close().then(() => this.sessions.stop());
    return this.#stopped;
  }

  /** In small parts, because the haste may change meanwhile. */
  async #sleep(milliseconds: number, signal?: AbortSignalLike): Promise<void> {
    for (let left = milliseconds; left > 0; ) {
      if (signal?.aborted === true) return;
      const { haste } = this;
      const part = Math.min(left / haste, 50);
      await systemClock.sleep(part, signal);
      left -= part * haste;
    }
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, {
      cwd: this.repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** Creates a session with the fixture agent, which is idle when this returns. */
  async create(name: string, backend: "local" | "kubernetes", session: Partial<CreateSession> = {}): Promise<void> {
    const { repository } = this;
    await this.sessions.create({ name, repository, backend, agent: "scripted", command: [TERMINAL_AGENT], ...session });
    await this.until(name, ({ status }) => status.phase === "Running" && status.activity === "Idle");
  }

  /** Waits until the session is as wanted. */
  until(name: string, isWanted: (session: Session) => boolean): Promise<Session> {
    return vi.waitFor(() => {
      const session = this.sessions.get(name);
      if (!isWanted(session)) throw new Error(JSON.stringify(session.status));
      return session;
    }, POLL);
  }

  /** A client of the session's stream. */
  async stream(name: string): Promise<ViewerClient> {
    const headers = { connection: "Upgrade", upgrade: STREAM_PROTOCOL };
    const path = `/api/sessions/${name}/stream`;
    const asked = request({ socketPath: this.home.socket, path, agent: false, headers }).end();
    const [, socket, head] = (await once(asked, "upgrade")) as [unknown, Duplex, Buffer];
    socket.unshift(head);
    const client = new ViewerClient(socket);
    onTestFinished(() => client.close());
    return client;
  }

  /** The processes of a session's runner. */
  runners(name: string): readonly number[] {
    const folders = [this.home.sessionFolder(name), this.pods.folder(name)];
    return processesIn(this.folder)
      .filter(({ line }) => folders.some((folder) => line.includes(` session ${folder}`)))
      .map(({ pid }) => pid);
  }

  /** Where the session's agent works. */
  workOf(name: string): string {
    return this.sessions.get(name).spec.backend === "local"
      ? `${this.home.sessionFolder(name)}/work`
      : this.pods.workOf(name);
  }
}
