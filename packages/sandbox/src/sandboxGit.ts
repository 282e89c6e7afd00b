import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { SandboxPlaces } from "./model/sandboxArgs.ts";

export interface SandboxRepository {
  /** The git folder that all worktrees of the repository share. */
  readonly gitFolder: string;
  /** The session's own folder in there, `worktrees/<name>`. */
  readonly worktreeFolder: string;
  readonly worktree: string;
  /** The session's branch, without `refs/heads/`. */
  readonly branch: string;
}

/**
 * What a sandboxed agent may change of the user's repository: objects and those of Git LFS, the branches of sessions, and what
 * git keeps of its own worktree. All else can only be read, names that are not there yet too, for git would run what they say: `commondir`,
 * `config.worktree`, hooks, attributes. What is to be mounted is made where it is missing.
 */
export function sandboxGit({ gitFolder, worktreeFolder, worktree, branch }: SandboxRepository): Places {
  const branches = join(gitFolder, "refs/heads", dirname(branch));
  const logs = join(gitFolder, "logs/refs/heads", dirname(branch));
  const objects = join(gitFolder, "objects");
  for (const folder of [branches, logs, join(objects, "info")]) mkdirSync(folder, { recursive: true });
  // `git pack-refs` removes a folder that becomes empty, and the mount would go with it. git itself skips such a name.
  makeFile(join(branches, "_sandbox.lock"));
  const fixed = ["gitdir", "commondir", "config.worktree"].map((name) => join(worktreeFolder, name));
  makeFile(join(worktreeFolder, "config.worktree"));
  return {
    readable: [gitFolder, ...borrowed(objects)],
    // Git LFS keeps contents there, temporary files and a cache, and nothing that a program would run or believe.
    writable: [objects, branches, logs, worktreeFolder, ...[join(gitFolder, "lfs")].filter(existsSync)],
    fixed: [...fixed, join(objects, "info"), join(worktree, ".git")],
  };
}

type Places = Pick<SandboxPlaces, "readable" | "writable" | "fixed">;

/** The object folders that a repository borrows from, as after `git clone --reference` or `--shared`, and theirs. */
function borrowed(objects: string, seen: Set<string> = new Set()): readonly string[] {
  const list = join(objects, "info/alternates");
  const lines = existsSync(list) ? readFileSync(list, "utf8").split("\n") : [];
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => resolve(objects, line))
    .flatMap((folder) => (seen.has(folder) ? [] : [folder, ...borrowed(folder, seen.add(folder))]));
}

/** An empty file, unless something of that name is there. */
function makeFile(path: string): void {
  try {
    writeFileSync(path, "", { flag: "wx" });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
  }
}
