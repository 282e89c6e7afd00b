import { existsSync, rmSync } from "node:fs";
import { makeFolder, readPlainFileEnd, replaceFile } from "@clauderon/files";
import { RUNNER_SESSION_FILE, type RunnerSession } from "@clauderon/protocol";

/** How much of the end of the log is shown. */
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

  /** Whether the whole worktree was made. It may have been removed since. */
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

  /** The end of the runner's output. */
  logTail(): string {
    return readPlainFileEnd(this.logFile, MAX_TAIL_BYTES)?.toString("utf8").trim() ?? "";
  }
}
