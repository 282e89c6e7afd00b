import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";

/**
 * Git in a worktree of the repository whose files an agent may have shaped. Which one it is, the repository says: the agent may
 * have made the `.git` of the worktree name another, with configuration of its own. REPOSITORY_UNAVAILABLE when the
 * repository has no worktree there.
 */
export async function worktreeGit(repository: Git, path: string): Promise<Git> {
  return repository.inWorktree(path, await worktreeFolder(repository, path));
}

/** What the repository keeps of its worktree at that path: `worktrees/<name>` in its git folder. */
export async function worktreeFolder(repository: Git, path: string): Promise<string> {
  const common = await repository.read(["rev-parse", "--path-format=absolute", "--git-common-dir"]);
  const folders = foldersIn(join(common, "worktrees"));
  const wanted = realOf(path);
  const found = folders.find((folder) => worktreeOf(folder) === wanted);
  if (found !== undefined) return found;
  throw new Fault("REPOSITORY_UNAVAILABLE", `${repository.folder} has no worktree at ${path}`, {
    hint: `Copy the files that you need from there. Or register it again: git -C ${repository.folder} worktree repair ${path}`,
  });
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** git writes the path of the worktree's `.git`, absolute or from its own folder. */
function worktreeOf(folder: string): string | undefined {
  try {
    return realOf(dirname(resolve(folder, readFileSync(join(folder, "gitdir"), "utf8").replace(/\n$/, ""))));
  } catch {
    return undefined;
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
