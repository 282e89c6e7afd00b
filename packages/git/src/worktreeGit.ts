import { readdirSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { readPlainFile } from "@clauderon/files";
import type { Git } from "./git.ts";

/**
 * Git in a worktree of the repository whose files an agent may have shaped. Which one it is, the repository says: the agent may
 * have made the `.git` of the worktree name another, with configuration of its own. REPOSITORY_UNAVAILABLE when it has, or has
 * made a repository of its own there, whose commits nothing of ours would find; and when the repository has no worktree
 * there.
 */
export async function worktreeGit(repository: Git, path: string): Promise<Git> {
  return repository.inWorktree(path, await worktreeFolder(repository, path));
}

/** What the repository keeps of its worktree at that path: `worktrees/<name>` in its git folder. Fails as `worktreeGit`. */
export async function worktreeFolder(repository: Git, path: string): Promise<string> {
  const common = await repository.read(["rev-parse", "--path-format=absolute", "--git-common-dir"]);
  const folders = foldersIn(join(common, "worktrees"));
  const wanted = realOf(path);
  const found = folders.find((folder) => worktreeOf(folder) === wanted);
  if (found !== undefined && namedBy(join(path, ".git"), "gitdir: ") === realOf(found)) return found;
  throw new Fault("REPOSITORY_UNAVAILABLE", `${path} has files, but it is not a worktree of ${repository.folder}`, {
    hint: `Copy the work that you need from there. Or make it one again: git -C ${repository.folder} worktree repair ${path}`,
  });
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** git writes the path of the worktree's `.git`. */
function worktreeOf(folder: string): string | undefined {
  const file = namedBy(join(folder, "gitdir"), "");
  return file === undefined ? undefined : realOf(dirname(file));
}

/** The path in a file of git's, absolute or from the file's own folder. */
function namedBy(file: string, before: string): string | undefined {
  const text = readPlainFile(file, MAX_PATH_BYTES)?.toString();
  if (text?.startsWith(before) !== true) return undefined;
  return realOf(resolve(dirname(file), text.slice(before.length).replace(/\n$/, "")));
}

const MAX_PATH_BYTES = 65_536;

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
