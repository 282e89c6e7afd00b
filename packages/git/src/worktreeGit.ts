import { readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { readPlainFile } from "@clauderon/files";
import type { Git } from "./git.ts";

/**
 * git in a worktree of the repository whose files an agent may have shaped. The repository says which worktree it is,
 * because the agent may have changed the worktree's `.git` to name another repository with its own configuration. Throws
 * REPOSITORY_UNAVAILABLE if it did, if it made its own repository there, whose commits nothing of ours would find, or if
 * the repository has no worktree at that path.
 */
export async function worktreeGit(repository: Git, path: string): Promise<Git> {
  return repository.inWorktree(path, await worktreeFolder(repository, path));
}

/**
 * The repository's folder for its worktree at that path: `worktrees/<name>` in the git folder. Fails like `worktreeGit`.
 */
export async function worktreeFolder(repository: Git, path: string): Promise<string> {
  const found = await entryOf(repository, path);
  if (found !== undefined && namedBy(join(path, ".git"), "gitdir: ") === realOf(found)) return found;
  throw new Fault("REPOSITORY_UNAVAILABLE", `${path} has files, but it is not a worktree of ${repository.folder}`, {
    hint: `Copy the work that you need from there. Or make it one again: git -C ${repository.folder} worktree repair ${path}`,
  });
}

/**
 * git with what the repository still has of a worktree whose files are gone, such as its HEAD, reflog and index; undefined if
 * it has nothing. For commands that read no files.
 */
export async function lostWorktreeGit(repository: Git, path: string): Promise<Git | undefined> {
  const found = await entryOf(repository, path);
  return found === undefined ? undefined : repository.inWorktree(repository.folder, found);
}

async function entryOf(repository: Git, path: string): Promise<string | undefined> {
  const common = await repository.read(["rev-parse", "--path-format=absolute", "--git-common-dir"]);
  const folders = foldersIn(join(common, "worktrees"));
  const wanted = [realOf(path), join(realOf(dirname(path)), basename(path))];
  return folders.find((folder) => wanted.includes(worktreeOf(folder) ?? ""));
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** The worktree of such a folder. git writes the path of the worktree's `.git` into it. */
function worktreeOf(folder: string): string | undefined {
  const file = namedBy(join(folder, "gitdir"), "");
  return file === undefined ? undefined : realOf(dirname(file));
}

/** The path in a file that git wrote, absolute or relative to the file's folder. */
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
