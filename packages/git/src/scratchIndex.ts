import { lstatSync } from "node:fs";
import { copyFile, stat, utimes } from "node:fs/promises";
import type { Git } from "./git.ts";
import { worktreeInclude } from "./worktreeInclude.ts";
import { gitPath } from "./gitPath.ts";
import { bytesOf, pathBytes, type RawName, rawOf } from "./rawNames.ts";

/** The index of a checkout: its own, or another one that the variables name. */
interface IndexOf {
  readonly git: Git;
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments that decide whether git distinguishes upper and lower case; see `caseRule`. */
  readonly cases?: readonly string[];
}

/** A separate index for a checkout. */
export interface ScratchIndex extends IndexOf {
  /** Directs git to this index. */
  readonly environment: Readonly<Record<string, string>> & { readonly GIT_INDEX_FILE: string };
  readonly cases: readonly string[];
}

/**
 * Starts with a copy of the checkout's own index, whose stat data save git from reading every file. Keeps the time of
 * the index file: from it, git knows which entries may be older than their file although second and size are the same.
 * Starts with HEAD if the index is gone: otherwise tracked files that git ignores would not be seen.
 */
export async function copyIndex({ git, environment }: ScratchIndex): Promise<void> {
  const own = pathBytes(await gitPath(git, "index"));
  try {
    const { mtime } = await stat(own);
    await copyFile(own, environment.GIT_INDEX_FILE);
    await utimes(environment.GIT_INDEX_FILE, mtime, mtime);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    const head = await git.resolve("HEAD^{commit}");
    if (head !== undefined) await git.read(["read-tree", head], { environment });
  }
}

/**
 * Makes git look at files that exist although the index says not to (assume-unchanged, skip-worktree). What a sparse
 * checkout does not show stays as in the index.
 */
export async function lookAtAll(index: ScratchIndex): Promise<void> {
  const stdin = bytesOf(await unseenFiles(index));
  if (stdin.length === 0) return;
  // git removes only one of the two flags in a call.
  for (const flag of ["--no-assume-unchanged", "--no-skip-worktree"]) {
    await index.git.read(["update-index", flag, "-z", "--stdin"], { environment: index.environment, stdin });
  }
}

/** Files that exist, but of which the index says that git should not look at them. */
export async function unseenFiles(index: IndexOf): Promise<readonly RawName[]> {
  const lines = await names(index, ["ls-files", "-v", "-z"]);
  const unseen = lines.filter((line) => /^[a-zS] /.test(line)).map((line) => line.slice(2) as RawName);
  return unseen.filter((name) => isThere(index.git.folder, name));
}

function isThere(folder: string, name: RawName): boolean {
  return lookAt(folder, name) !== undefined;
}

function lookAt(folder: string, name: string) {
  try {
    return lstatSync(pathBytes(`${rawOf(folder)}/${name}`), { throwIfNoEntry: false });
  } catch {
    return undefined; // Where its folder was is a file now.
  }
}

/** What no tree can hold, such as a named pipe. */
function isSpecial(folder: string, name: string): boolean {
  const found = lookAt(folder, name);
  return found !== undefined && !found.isFile() && !found.isDirectory() && !found.isSymbolicLink();
}

export interface AddedFiles {
  /** Untracked folders that are repositories of their own, by raw paths. */
  readonly strangers: readonly string[];
  /** Tracked names of what no tree can hold, such as named pipes. The index has them as deleted. */
  readonly special: readonly RawName[];
  /** Whether an optional filter failed, so that git took the files unfiltered. */
  readonly isUnfiltered: boolean;
}

/**
 * Puts the files of the work tree into the index. Starts no process in a submodule, because that would use the
 * submodule's own configuration.
 */
export async function addWorkTree(index: ScratchIndex, include: readonly string[]): Promise<AddedFiles> {
  const changed = await names(index, ["diff-files", "--ignore-submodules=dirty", "--name-only", "-z"]);
  const untracked = await names(index, ["ls-files", "--others", "--exclude-standard", "-z"]);
  const included: RawName[] = [...(await worktreeInclude(index.git, index.environment.GIT_INDEX_FILE))];
  for (const pathspec of include) {
    included.push(...(await names(index, ["ls-files", "--others", "-z", "--", `:(top,glob)${pathspec}`])));
  }
  const special = changed.filter((name) => isSpecial(index.git.folder, name));
  const found = [...new Set([...changed, ...untracked, ...included])].filter((name) => !special.includes(name));
  const files = found.filter((name) => !isRepository(name));
  if (special.length > 0) await update(index, "--force-remove", special);
  const said = files.length === 0 ? "" : await update(index, "--replace", files);
  const strangers = found.filter(isRepository).map((name) => name.slice(0, -1));
  return { strangers, special, isUnfiltered: /^error: external filter /m.test(said) };
}

/** The raw paths of submodules: index entries that are commits of other repositories. */
export async function gitlinks(index: IndexOf): Promise<readonly string[]> {
  const entries = await names(index, ["ls-files", "--stage", "-z"]);
  return entries.filter((entry) => entry.startsWith("160000 ")).map((entry) => entry.slice(entry.indexOf("\t") + 1));
}

/** git prints a folder only if it is a repository. */
const isRepository = (name: string) => name.endsWith("/");

const names = ({ git, environment, cases = [] }: IndexOf, args: readonly string[]) =>
  git.names([...cases, ...args], { environment });

/** Returns what git and the filters print. */
async function update(
  { git, environment, cases }: ScratchIndex,
  how: "--replace" | "--force-remove",
  names: readonly RawName[],
): Promise<string> {
  const args = ["update-index", "--add", "--remove", how, "-z", "--stdin"];
  let said = "";
  await git.read([...cases, ...args], { environment, stdin: bytesOf(names), onStderr: (text) => (said += text) });
  return said;
}
