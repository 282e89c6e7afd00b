import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session } from "@clauderon/protocol";
import { onTestFinished, vi } from "vitest";
import { type CliOptions, type EndedCli, fixtureAgent, POLL, ROOT, startCli } from "../cli/cliProcess.ts";
import { TerminalWindow } from "./terminalWindow.ts";

/** The command itself. */
export const PROGRAM = `${ROOT}packages/cli/bin/clauderon.mjs`;

/** Somebody with a home, a repository and the agent of the terminal; sessions, daemon and folders go with the test. */
export class SessionUser {
  readonly folder = mkdtempSync(join(tmpdir(), "clauderon-session-"));
  readonly home = join(this.folder, "home");
  readonly repository = join(this.folder, "web");
  readonly environment: Readonly<Record<string, string>>;

  constructor(more: Readonly<Record<string, string>> = {}) {
    this.environment = {
      PATH: process.env.PATH ?? "",
      HOME: this.home,
      TERM: "xterm-256color",
      CLAUDERON_AGENT: "scripted",
      CLAUDERON_AGENT_COMMAND: fixtureAgent("terminal"),
      ...more,
    };
    onTestFinished(() => this.#leaveNothing());
    mkdirSync(this.home);
    mkdirSync(this.repository);
    this.git("init", "--quiet", "--initial-branch=main");
    writeFileSync(join(this.repository, "README.md"), "Hello\n");
    this.git("add", ".");
    this.git("-c", "user.name=U", "-c", "user.email=u@example.invalid", "commit", "--quiet", "--message", "First");
  }

  get clauderonHome(): string {
    return join(this.home, ".clauderon");
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.repository, env: this.environment, encoding: "utf8" }).trimEnd();
  }

  /** Runs clauderon to its end, in the repository, without a terminal. */
  run(args: readonly string[], options: CliOptions = {}): Promise<EndedCli> {
    return startCli(args, this.options(options)).ended;
  }

  options(options: CliOptions = {}): CliOptions {
    return { cwd: this.repository, ...options, environment: { ...this.environment, ...options.environment } };
  }

  /** The same, and it must succeed; what it printed. */
  async ok(...args: readonly string[]): Promise<string> {
    const ended = await this.run(args);
    if (ended.exitCode !== 0)
      throw new Error(`clauderon ${args.join(" ")} exits with ${ended.exitCode}: ${ended.stderr}`);
    return ended.stdout.trimEnd();
  }

  async show(name: string): Promise<Session> {
    return JSON.parse(await this.ok("show", "--json", name)) as Session;
  }

  /** Names of the sessions that the daemon knows. */
  async names(): Promise<readonly string[]> {
    const { items } = JSON.parse(await this.ok("list", "--json")) as { readonly items: readonly Session[] };
    return items.map(({ name }) => name);
  }

  /** Starts clauderon in a window of a terminal. */
  window(args: readonly string[], size?: { readonly cols: number; readonly rows: number }): TerminalWindow {
    return new TerminalWindow([process.execPath, PROGRAM, ...args], {
      cwd: this.repository,
      environment: this.environment,
      ...size,
    });
  }

  /** The process of the daemon that listens. */
  async daemonPid(): Promise<number> {
    return (JSON.parse(await this.ok("daemon", "status", "--json")) as { pid: number }).pid;
  }

  /** Kills the daemon as nothing else does. */
  async killDaemon(): Promise<void> {
    const pid = await this.daemonPid();
    process.kill(pid, "SIGKILL");
    await vi.waitUntil(() => !isThere(pid), POLL);
  }

  /** Every process whose HOME or command line lies in this user's folder. */
  processes(): readonly number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => ["environ", "cmdline"].some((file) => textOf(`/proc/${pid}/${file}`).includes(this.folder)))
      .map(Number);
  }

  async #leaveNothing(): Promise<void> {
    for (const pid of this.processes()) kill(pid);
    await vi.waitUntil(() => this.processes().length === 0, POLL);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function isThere(pid: number): boolean {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat !== "" && !/^\d+ \(.*\) Z/.test(stat);
}
