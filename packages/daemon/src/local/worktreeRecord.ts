import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder, readPlainFile, replaceFile } from "@clauderon/files";

const MAX_PATH_BYTES = 65_536;

/** The repository that a worktree of ours belongs to, in a file: for when the registry does not know the session any more. */
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
