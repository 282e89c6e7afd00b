import { lstatSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { captureInner, captureWork } from "./captureWork.ts";
import { findRepositories } from "./findRepositories.ts";
import { forgetWorktreesIn } from "./forgetWorktrees.ts";
import type { Git } from "./git.ts";
import { isHidden, keepInner, otherWorktrees } from "./innerRepositories.ts";
import { isWithin, realOf } from "./innerPlace.ts";
import { CARRIER } from "./model/carrier.ts";
import { sessionRefs } from "./model/sessionRefs.ts";
import { formatWork, otherNames, type OtherTip } from "./model/work.ts";
import { pathBytes, rawOf, textOf } from "./rawNames.ts";
import { isWorkSafe, rescueWork } from "./rescueWork.ts";
import { scratchPrefix } from "./scratchFolder.ts";

/** A ref that belongs to the worktree and is deleted with it. */
const REF = "refs/worktree/clauderon/finished";

/**
 * What would be deleted with a worktree, as for a session that is deleted: lines as `git status --porcelain` prints
 * them, with `!!` for what no status shows, such as a repository below an ignored folder; or a sentence about what
 * cannot be saved. Empty if its repository has everything.
 */
export async function onlyInWorktree(repository: Git, worktree: Git): Promise<readonly string[]> {
  try {
    const { commit, head, unkept } = await captureWork(worktree, { ref: REF, repositories: "Kept" });
    if (unkept.length > 0) return unkept.map((text) => `!! ${text}`);
    if (await isWorkSafe(repository, { work: commit })) return [];
    const names = await repository.names([
      "diff-tree",
      "-r",
      "-z",
      "--name-only",
      "--no-renames",
      head ?? commit,
      commit,
    ]);
    const others = otherNames(await repository.read(["show", "--no-patch", "--format=%B", commit]));
    return [...names.map((name) => ` M ${textOf(name)}`), ...others.map((name) => `!! ${name}`)];
  } finally {
    await worktree.run(["update-ref", "-d", REF]);
  }
}

/** The paths, in bytes, of repositories and worktrees in these folders, except those that programs keep for themselves. */
export async function repositoriesIn(folders: readonly string[]): Promise<readonly Buffer[]> {
  const found = await Promise.all(folders.map((folder) => findRepositories(rawOf(folder), isHidden)));
  return found.flat().map(pathBytes);
}

export interface DoomedFolders {
  /** The name in the rescued ref. */
  readonly name: string;
  /** Folders that are about to be removed. */
  readonly folders: readonly string[];
  /** Whether repositories there come along, and not only worktrees of this one. */
  readonly isFirst: boolean;
}

export interface RescuedBeside {
  readonly rescuedRef: string | undefined;
  /** What must stay because it cannot be saved, each a sentence for people. */
  readonly unkept: readonly string[];
}

/** Saves what no host has of repositories and worktrees in folders that are about to be removed. */
export async function rescueBeside(top: Git, { name, folders, isFirst }: DoomedFolders): Promise<RescuedBeside> {
  const places = folders.map((folder) => realOf(rawOf(folder)));
  const worktrees = (await otherWorktrees(top)).filter((path) => places.some((place) => isWithin(path, place)));
  const found = isFirst ? (await Promise.all(places.map((place) => findRepositories(place, isHidden)))).flat() : [];
  const paths = [...worktrees, ...found.filter(isOwn)];
  if (paths.length === 0) return { rescuedRef: undefined, unkept: [] };
  const scratch = await mkdtemp(await scratchPrefix(top, sessionRefs(name).work));
  try {
    const { kept, unkept } = await keepInner(top, paths, { capture: captureInner, scratch, around: folders });
    const rescuedRef =
      kept.length === 0 ? undefined : await rescueWork(top, { session: name, work: await joined(top, kept) });
    if (unkept.length === 0) for (const folder of folders) await forgetWorktreesIn(top, folder);
    return { rescuedRef, unkept };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A worktree has a file there. */
const isOwn = (path: string) => lstatSync(pathBytes(`${path}/.git`)).isDirectory();

/** A commit without files whose parents are these. */
async function joined(git: Git, others: readonly OtherTip[]): Promise<string> {
  const tree = await git.read(["hash-object", "-w", "-t", "tree", "--stdin"], { stdin: "" });
  const make = async (parents: readonly string[], text: string) => {
    const given = parents.flatMap((parent) => ["-p", parent]);
    return await git.read(["commit-tree", ...given, tree], { environment: CARRIER, stdin: text });
  };
  const index = await make([], "index\n");
  const message = formatWork({ head: undefined, branch: undefined, index }, { others });
  return await make([...others.map(({ commit }) => commit), index], message);
}
