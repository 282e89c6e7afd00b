import { lstatSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { posix } from "node:path";
import { readPlainFile } from "@clauderon/files";
import { pathBytes, rawOf } from "./rawNames.ts";

/**
 * The raw paths of repositories, bare ones too, and of worktrees below a folder, also where git would not look: below
 * ignored folders, and in folders whose files belong to another repository. Does not look inside a repository that it
 * found, and does not follow links. A folder that is gone or cannot be read has none. `isLeftOut` says where not to look.
 */
export async function findRepositories(
  folder: string,
  isLeftOut: (path: string) => boolean = () => false,
): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = foldersIn(folder, await entriesOf(folder));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (isLeftOut(path)) continue;
    const entries = await entriesOf(path);
    if (entries.some(({ name }) => SIGNS.has(name.toString("latin1"))) && (isRepository(path) || isBare(path)))
      found.push(path);
    else waiting.push(...foldersIn(path, entries));
  }
  return found;
}

/** Each repository has one of these. */
const SIGNS = new Set([".git", "HEAD"]);

/**
 * Whether there is a checkout of a git repository at this path. A folder that remains without one, for example as the
 * mount point of a disk that is not mounted, has none, and neither has one whose removal is unfinished.
 * `isRepository` asks for less, because a search for an agent's repositories must not miss a damaged one.
 */
export function isCheckout(path: string): boolean {
  const raw = rawOf(path);
  const isThere = (name: string) => tryLstat(`${raw}/.git/${name}`) !== undefined;
  const isFolder = tryLstat(`${raw}/.git`)?.isDirectory() === true;
  return isRepository(raw) && (!isFolder || (isThere("objects") && isThere("refs")));
}

/**
 * Whether git takes the folder for a repository: its `.git` is a folder with a HEAD, or a file that names an existing
 * path. In a copy of a submodule's files, the file names nothing.
 */
export function isRepository(path: string): boolean {
  const git = tryLstat(`${path}/.git`);
  if (git?.isDirectory() === true) return tryLstat(`${path}/.git/HEAD`) !== undefined;
  const named = /^gitdir: (.*?)\n*$/s.exec(
    readPlainFile(pathBytes(`${path}/.git`), MAX_PATH_BYTES)?.toString("latin1") ?? "",
  );
  return git !== undefined && (named === null || tryLstat(posix.resolve(path, named[1] ?? "")) !== undefined);
}

/** Whether git takes the folder itself for a repository without files. */
export const isBare = (path: string): boolean =>
  ["HEAD", "objects", "refs"].every((name) => tryLstat(`${path}/${name}`) !== undefined);

const MAX_PATH_BYTES = 65_536;

function tryLstat(path: string) {
  try {
    return lstatSync(pathBytes(path), { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const entriesOf = (path: string) =>
  readdir(pathBytes(path), { withFileTypes: true, encoding: "buffer" }).catch(() => []);

function foldersIn(path: string, entries: Awaited<ReturnType<typeof entriesOf>>): string[] {
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name.toString("latin1"));
  return names.filter((name) => name !== ".git").map((name) => `${path}/${name}`);
}
