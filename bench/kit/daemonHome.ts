import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { CreateSession, DaemonEvent, Session } from "@clauderon/protocol";
import { DaemonClient } from "../../packages/cli/src/daemon/daemonClient.ts";
import { processesOf, tryKill } from "../../test/kit/processes.ts";
import { CLAUDERON, DAEMON, TERMINAL_AGENT, WITHOUT_BOUNDARY } from "../../test/kit/programs.ts";
import { type Bench, until } from "./bench.ts";
import { TerminalClient } from "./terminalClient.ts";

/** The patience for one session, in seconds: a busy machine is slow, and is measured anyway. */
const PATIENCE = 120;

/** A real daemon in its own home, and a small repository. Everything is removed afterwards, including sessions. */
export class DaemonHome {
  readonly home: string;
  readonly repository: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly client: DaemonClient;
  pid = 0;

  private constructor({ folder }: Bench) {
    this.home = join(folder, "home");
    this.repository = join(folder, "repo");
    this.environment = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      TERM: "xterm-256color",
      CLAUDERON_HOME: this.home,
      ...WITHOUT_BOUNDARY,
      CLAUDERON_AGENT: "scripted",
      CLAUDERON_AGENT_COMMAND: TERMINAL_AGENT,
      GIT_CONFIG_COUNT: "2",
      GIT_CONFIG_KEY_0: "user.name",
      GIT_CONFIG_VALUE_0: "bench",
      GIT_CONFIG_KEY_1: "user.email",
      GIT_CONFIG_VALUE_1: "bench@example.invalid",
    };
    this.client = new DaemonClient(join(this.home, "daemon.sock"));
  }

  static async start(bench: Bench, configuration = ""): Promise<DaemonHome> {
    const made = new DaemonHome(bench);
    mkdirSync(made.home, { mode: 0o700 });
    writeFileSync(join(made.home, "config.toml"), configuration);
    made.git("init", "--quiet", "--initial-branch=main", made.repository);
    writeFileSync(join(made.repository, "readme"), "one\n");
    made.git("-C", made.repository, "add", "readme");
    made.git("-C", made.repository, "commit", "--quiet", "--message", "first");
    const child = spawn(process.execPath, [DAEMON], { env: made.environment, stdio: ["ignore", "ignore", "inherit"] });
    made.pid = child.pid ?? 0;
    bench.defer(async () => {
      // First the daemon, which would start a session's runner again.
      if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await once(child, "exit");
      await made.#leaveNothing();
    });
    await until("waiting for the daemon to answer", PATIENCE, () => made.client.health().catch(() => undefined));
    return made;
  }

  git(...args: readonly string[]): void {
    execFileSync("git", args, { env: this.environment, stdio: ["ignore", "ignore", "inherit"] });
  }

  /** Creates a session and waits until its agent has reported an event. */
  async create(session: Partial<CreateSession> & { readonly name: string }): Promise<void> {
    const events = this.client.events();
    for await (const event of events) {
      if (event.type === "ready") await this.post(session);
      if (isStarted(event, session.name)) return;
    }
  }

  /** Requests a session, by default with the fixture agent on this machine. */
  post(session: Partial<CreateSession> & { readonly name: string }): Promise<Session> {
    return this.client.create({
      repository: this.repository,
      agent: "scripted",
      command: [TERMINAL_AGENT],
      ...session,
    });
  }

  async terminal(name: string): Promise<TerminalClient> {
    return new TerminalClient(await this.client.stream(name));
  }

  /** The runner's own socket, without the daemon between. */
  runnerTerminal(name: string): TerminalClient {
    const file = join(this.home, "sessions", name, "session.json");
    const { socket } = JSON.parse(readFileSync(file, "utf8")) as { readonly socket: string };
    return new TerminalClient(connect(socket));
  }

  /** Runs clauderon to its end. */
  run(...args: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [CLAUDERON, ...args], {
        cwd: this.repository,
        env: this.environment,
        stdio: ["ignore", "ignore", "pipe"],
      });
      let stderr = "";
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.on("error", reject);
      child.on("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`clauderon ${args.join(" ")} exits with ${code}: ${stderr}`)),
      );
    });
  }

  async #leaveNothing(): Promise<void> {
    await until("waiting for all processes of the bench to end", PATIENCE, () => {
      const left = processesOf(this.home);
      for (const { pid } of left) tryKill(pid);
      return left.length === 0 ? true : undefined;
    });
  }
}

/** Whether the event shows that the session's agent has reported its first event. Throws when the session has failed. */
export function isStarted(event: DaemonEvent, name: string): boolean {
  if (event.type !== "session" || event.session.name !== name) return false;
  const { phase, activity, message } = event.session.status;
  if (phase === "Failed") throw new Error(`${name} has failed: ${message ?? ""}`);
  return phase === "Running" && activity !== "Unknown";
}
