import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { Fault } from "@clauderon/base";
import { vi } from "vitest";
import type {
  BackendContext,
  Observation,
  SessionBackend,
  SessionRecord,
} from "../../../packages/daemon/src/backend.ts";
import { RUNNER } from "../../kit/programs.ts";
import { POLL } from "./daemonProcess.ts";

/**
 * Sessions like those in pods: each has its own volume with a repository, and a runner that is killed some time after
 * SIGTERM.
 */
export class RunnerPods implements SessionBackend {
  readonly name = "kubernetes";
  readonly hasOwnRepository = true;
  readonly #root: string;
  readonly #runners = new Map<string, ChildProcess>();
  /** What stands between the daemon and a runner, if anything does. */
  between: ((name: string, runner: Duplex) => Duplex) | undefined;
  /** False when nothing of a session can be looked at or ended any more. */
  isInReach = true;
  /** Stands for the next connection to a runner. */
  nextConnect: (() => Promise<Duplex>) | undefined;
  /** What is sent to the next runner as soon as it listens. */
  atStart: NodeJS.Signals | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  folder(name: string): string {
    return join(this.#root, name, "session");
  }

  workOf(name: string): string {
    return join(this.#root, name, "project");
  }

  async bringUp({ name, spec }: SessionRecord, { signal }: BackendContext): Promise<void> {
    this.#reach();
    if (this.#living(name) !== undefined) return;
    const volume = join(this.#root, name);
    mkdirSync(join(volume, "home"), { recursive: true });
    const session = {
      session: name,
      agent: spec.agent,
      command: spec.command,
      workingDirectory: this.workOf(name),
      home: join(volume, "home"),
      socket: this.#socket(name),
      permissionMode: "default",
      autostart: false,
      branch: spec.branch,
    };
    writeFileSync(join(volume, "spec.json"), JSON.stringify(session));
    const child = spawn("node", [RUNNER, "session", this.folder(name), join(volume, "spec.json")], {
      env: { PATH: process.env["PATH"], GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.invalid" },
      stdio: "ignore",
      detached: true,
    });
    this.#runners.set(name, child);
    await vi.waitFor(() => {
      signal.throwIfAborted();
      if (!existsSync(this.#socket(name))) throw new Error("It does not listen yet");
    }, POLL);
    if (this.atStart !== undefined) child.kill(this.atStart);
    this.atStart = undefined;
  }

  async halt({ name }: SessionRecord): Promise<void> {
    this.#reach();
    const child = this.#living(name);
    if (child === undefined) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    const kill = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await gone;
    clearTimeout(kill);
    rmSync(this.#socket(name), { force: true });
  }

  async remove(session: SessionRecord): Promise<void> {
    await this.halt(session);
    rmSync(join(this.#root, session.name), { recursive: true, force: true, maxRetries: 5 });
  }

  async orphan({ name }: SessionRecord): Promise<readonly string[]> {
    if (this.isInReach) throw new Fault("USAGE", `Session "${name}" is in reach`);
    return [`The volume of ${name} stays`];
  }

  async connect(session: SessionRecord, signal: AbortSignal): Promise<Duplex> {
    this.#reach();
    const { nextConnect } = this;
    this.nextConnect = undefined;
    if (nextConnect !== undefined) return await nextConnect();
    const socket = connect(this.#socket(session.name));
    await once(socket, "connect", { signal });
    return this.between?.(session.name, socket) ?? socket;
  }

  async observe({ name }: SessionRecord): Promise<Observation> {
    if (!this.isInReach) return { phase: "Error", reason: "ClusterUnavailable", message: "No route to the cluster" };
    if (!existsSync(join(this.#root, name))) return { phase: "Pending" };
    return { phase: this.#living(name) === undefined ? "Stopped" : "Running", workingDirectory: this.workOf(name) };
  }

  async watch(): Promise<void> {}

  async orphans(): Promise<readonly never[]> {
    return [];
  }

  async prune(): Promise<undefined> {}

  async adoptable(): Promise<readonly never[]> {
    return [];
  }

  #reach(): void {
    if (!this.isInReach) throw new Fault("CLUSTER_UNAVAILABLE", "No route to the cluster");
  }

  #socket(name: string): string {
    return join(this.#root, name, "runner.sock");
  }

  #living(name: string): ChildProcess | undefined {
    const child = this.#runners.get(name);
    return child !== undefined && child.exitCode === null && child.signalCode === null ? child : undefined;
  }
}
