import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder, readPlainFile, replaceFile } from "@clauderon/files";

const MAX_PATH_BYTES = 65_536;

/** A file with the path of the repository that a worktree belongs to, for when the registry no longer knows the session. */
export class WorktreeRecord {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  get repository(): string | undefined {
    return readPlainFile(this.#file, MAX_PATH_BYTES)?.toString();
  }

  write(repository: string): void {
    if (this.repository === repository) return;
    makeFolder(dirname(this.#file));
    replaceFile(this.#file, repository);
  }

  remove(): void {
    rmSync(this.#file, { force: true });
  }
}
