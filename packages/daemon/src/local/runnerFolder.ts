import { existsSync, rmSync } from "node:fs";
import { makeFolder, readPlainFileEnd, replaceFile } from "@clauderon/files";
import { RUNNER_SESSION_FILE, type RunnerSession } from "@clauderon/protocol";

/** What is shown of the log. */
const MAX_TAIL_BYTES = 2_000;

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
    makeFolder(this.path);
    makeFolder(this.home);
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  /** Whether the worktree was made, all of it; it may be gone since. */
  get hasBegun(): boolean {
    return existsSync(`${this.path}/begun`);
  }

  begin(): void {
    replaceFile(`${this.path}/begun`, "");
  }

  unbegin(): void {
    rmSync(`${this.path}/begun`, { force: true });
  }

  writeSession(session: RunnerSession): void {
    replaceFile(`${this.path}/${RUNNER_SESSION_FILE}`, `${JSON.stringify(session, null, 2)}\n`);
  }

  /** The end of what the runner printed. */
  logTail(): string {
    return readPlainFileEnd(this.logFile, MAX_TAIL_BYTES)?.toString("utf8").trim() ?? "";
  }
}
