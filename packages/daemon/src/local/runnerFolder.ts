import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { RUNNER_SESSION_FILE, type RunnerSession } from "@clauderon/protocol";

/** The folder `sessions/<name>` of a session on this machine: the runner's files, the agent's home, the worktree. */
export class RunnerFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get home(): string {
    return `${this.path}/home`;
  }

  get worktree(): string {
    return `${this.path}/work`;
  }

  get logFile(): string {
    return `${this.path}/runner.log`;
  }

  make(): void {
    mkdirSync(this.home, { recursive: true, mode: 0o700 });
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  /** Whether the worktree was made, all of it; it may be gone since. */
  get hasBegun(): boolean {
    return existsSync(`${this.path}/begun`);
  }

  begin(): void {
    this.#write("begun", "");
  }

  writeSession(session: RunnerSession): void {
    this.#write(RUNNER_SESSION_FILE, `${JSON.stringify(session, null, 2)}\n`);
  }

  /** The end of what the runner printed. */
  logTail(): string {
    try {
      return readFileSync(this.logFile, "utf8").slice(-2_000).trim();
    } catch {
      return "";
    }
  }

  /** Never through a link: an agent can make one in here. */
  #write(name: string, text: string): void {
    rmSync(`${this.path}/${name}.new`, { recursive: true, force: true });
    writeFileSync(`${this.path}/${name}.new`, text, { mode: 0o600, flag: "wx" });
    renameSync(`${this.path}/${name}.new`, `${this.path}/${name}`);
  }
}
