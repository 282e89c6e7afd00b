import { lstatSync } from "node:fs";
import { copyFile, stat, utimes } from "node:fs/promises";
import type { Git } from "./git.ts";
import { worktreeInclude } from "./worktreeInclude.ts";
import { bytesOf, type RawName, textOf } from "./rawNames.ts";

/** The index of a checkout: its own, or another that the variables name. */
interface IndexOf {
  readonly git: Git;
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments by which git tells names apart, see `caseRule`. */
  readonly cases?: readonly string[];
}

/** An index of our own for a checkout. */
export interface ScratchIndex extends IndexOf {
  /** Directs git to it. */
  readonly environment: Readonly<Record<string, string>> & { readonly GIT_INDEX_FILE: string };
  readonly cases: readonly string[];
}

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
 * Makes git look again at files that are there although the index says not to (assume-unchanged, skip-worktree). What a
 * sparse checkout does not show stays as the index has it.
 */
export async function lookAtAll(index: ScratchIndex): Promise<void> {
  const { git, environment } = index;
  const lines = await names(index, ["ls-files", "-v", "-z"]);
  const unseen = lines.filter((line) => /^[a-zS] /.test(line)).map((line) => line.slice(2) as RawName);
  const stdin = bytesOf(unseen.filter((name) => isThere(git.folder, name)));
  if (stdin.length === 0) return;
  // git takes back one of the two flags in a call.
  for (const flag of ["--no-assume-unchanged", "--no-skip-worktree"]) {
    await git.read(["update-index", flag, "-z", "--stdin"], { environment, stdin });
  }
}

function isThere(folder: string, name: RawName): boolean {
  const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

export interface AddedFiles {
  /** Untracked folders that are repositories of their own. */
  readonly strangers: readonly string[];
  /** Whether a filter failed that is not required: git then takes files as they are. */
  readonly isUnfiltered: boolean;
}

/**
 * Makes the index hold the files of the work tree. No process is started in a submodule, whose configuration would be its
 * own.
 */
export async function addWorkTree(index: ScratchIndex, include: readonly string[]): Promise<AddedFiles> {
  const changed = await names(index, ["diff-files", "--ignore-submodules=dirty", "--name-only", "-z"]);
  const untracked = await names(index, ["ls-files", "--others", "--exclude-standard", "-z"]);
  const included: RawName[] = [...(await worktreeInclude(index.git, index.environment.GIT_INDEX_FILE))];
  for (const pathspec of include) {
    included.push(...(await names(index, ["ls-files", "--others", "-z", "--", `:(top,glob)${pathspec}`])));
  }
  const found = [...new Set([...changed, ...untracked, ...included])];
  const files = found.filter((name) => !isRepository(name));
  const said = files.length === 0 ? "" : await update(index, bytesOf(files));
  const strangers = found.filter(isRepository).map((name) => textOf(name).slice(0, -1));
  return { strangers, isUnfiltered: /^error: external filter /m.test(said) };
}

/** Paths of what the index has as commits of other repositories. */
export async function gitlinks(index: IndexOf): Promise<readonly string[]> {
  const entries = await names(index, ["ls-files", "--stage", "-z"]);
  return entries
    .filter((entry) => entry.startsWith("160000 "))
    .map((entry) => textOf(entry.slice(entry.indexOf("\t") + 1)));
}

/** git tells a folder only when it is a repository. */
const isRepository = (name: string) => name.endsWith("/");

const names = ({ git, environment, cases = [] }: IndexOf, args: readonly string[]) =>
  git.names([...cases, ...args], { environment });

/** What git and the filters say. */
async function update({ git, environment, cases }: ScratchIndex, stdin: Buffer): Promise<string> {
  const args = ["update-index", "--add", "--remove", "--replace", "-z", "--stdin"];
  let said = "";
  await git.read([...cases, ...args], { environment, stdin, onStderr: (text) => (said += text) });
  return said;
}
