import { join } from "node:path";
import type { Session } from "@clauderon/protocol";
import { vi } from "vitest";
import { isRunning, processesIn, tryKill } from "../../kit/processes.ts";
import { CLAUDERON, TERMINAL_AGENT, WITHOUT_BOUNDARY } from "../../kit/programs.ts";
import { type CliOptions, type EndedCli, POLL, startCli } from "../cli/cliProcess.ts";
import { UserFolder } from "../cli/userFolder.ts";
import { TerminalWindow, type WindowOptions } from "./terminalWindow.ts";

/** A user with the terminal agent; sessions, daemon and folders are gone after the test. */
export class SessionUser extends UserFolder {
  constructor(variables: Readonly<Record<string, string>> = {}) {
    super({
      TERM: "xterm-256color",
      CLAUDERON_AGENT: "scripted",
      CLAUDERON_AGENT_COMMAND: TERMINAL_AGENT,
      ...WITHOUT_BOUNDARY,
      ...variables,
    });
  }

  get clauderonHome(): string {
    return join(this.home, ".clauderon");
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
  window(args: readonly string[], options?: Pick<WindowOptions, "cols" | "rows" | "keyboardFlags">): TerminalWindow {
    return new TerminalWindow([process.execPath, CLAUDERON, ...args], {
      cwd: this.repository,
      environment: this.environment,
      ...options,
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
    await vi.waitUntil(() => !isRunning(pid), POLL);
  }

  /** Every process whose HOME or command line lies in this user's folder. */
  processes(): readonly number[] {
    return processesIn(this.folder).map(({ pid }) => pid);
  }

  protected override async leaveNothing(): Promise<void> {
    // A command that lives a moment longer than its daemon starts another one.
    await vi.waitUntil(() => {
      const left = this.processes();
      for (const pid of left) tryKill(pid);
      return left.length === 0;
    }, POLL);
    await super.leaveNothing();
  }
}
