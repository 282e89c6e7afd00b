import { copyFile, stat, utimes } from "node:fs/promises";
import type { Git } from "./git.ts";
import { bytesOf, type RawName, textOf } from "./rawNames.ts";

/** An index of our own for a checkout. */
export interface ScratchIndex {
  readonly git: Git;
  /** Directs git to it. */
  readonly environment: Readonly<Record<string, string>> & { readonly GIT_INDEX_FILE: string };
}

/** Neither a warning of line endings that ends the command, nor a part of the index in the checkout's repository. */
const PLAIN = ["-c", "core.safecrlf=false", "-c", "core.splitIndex=false"];

/**
 * Begins with the checkout's own index, whose stat data spare git reading every file. The time of the file comes along: by
 * it git knows which entries may be older than their file, though both have the same second and size.
 */
export async function copyIndex({ git, environment }: ScratchIndex): Promise<void> {
  const own = await git.read(["rev-parse", "--path-format=absolute", "--git-path", "index"]);
  try {
    const { mtime } = await stat(own);
    await copyFile(own, environment.GIT_INDEX_FILE);
    await utimes(environment.GIT_INDEX_FILE, mtime, mtime);
  } catch (thrown) {
    // A repository without a commit may have no index yet.
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
  }
}

/**
 * Makes the index hold the files of the work tree, and tells which untracked folders are repositories of their own. No
 * process is started in a submodule, whose configuration would be its own.
 */
export async function addWorkTree(index: ScratchIndex, include: readonly string[]): Promise<readonly string[]> {
  const changed = await names(index, ["diff-files", "--ignore-submodules=dirty", "--name-only", "-z"]);
  const untracked = await names(index, ["ls-files", "--others", "--exclude-standard", "-z"]);
  const included: RawName[] = [];
  for (const pathspec of include) {
    included.push(...(await names(index, ["ls-files", "--others", "-z", "--", `:(top,glob)${pathspec}`])));
  }
  const found = [...new Set([...changed, ...untracked, ...included])];
  const files = found.filter((name) => !isRepository(name));
  if (files.length > 0) await update(index, bytesOf(files));
  return found.filter(isRepository).map((name) => textOf(name).slice(0, -1));
}

/** Paths of what the index has as commits of other repositories. */
export async function gitlinks(index: ScratchIndex): Promise<readonly string[]> {
  const entries = await names(index, ["ls-files", "--stage", "-z"]);
  return entries
    .filter((entry) => entry.startsWith("160000 "))
    .map((entry) => textOf(entry.slice(entry.indexOf("\t") + 1)));
}

/** git tells a folder only when it is a repository. */
const isRepository = (name: string) => name.endsWith("/");

const names = ({ git, environment }: ScratchIndex, args: readonly string[]) =>
  git.names([...PLAIN, ...args], { environment });

async function update({ git, environment }: ScratchIndex, stdin: Buffer): Promise<void> {
  const args = ["update-index", "--add", "--remove", "--replace", "-z", "--stdin"];
  await git.read([...PLAIN, ...args], { environment, stdin });
}
