import { lstatSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { agentRepositories } from "./agentRepositories.ts";
import { captureInner, captureWork } from "./captureWork.ts";
import { forgetWorktreesIn } from "./forgetWorktrees.ts";
import { Git } from "./git.ts";
import { keepInner, otherWorktrees } from "./innerRepositories.ts";
import { isWithin, realOf } from "./innerPlace.ts";
import { joinedTips } from "./joinedTips.ts";
import { sessionRefs } from "./model/sessionRefs.ts";
import { otherNames } from "./model/work.ts";
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

/** The paths, in bytes, of repositories and worktrees in these folders, except clones that have nothing of their own. */
export async function repositoriesIn(
  folders: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Buffer[]> {
  const found = folders.map((folder) => agentRepositories(Git.ofAgent(folder, environment), folder, AROUND));
  return (await Promise.all(found)).flat().map(pathBytes);
}

const AROUND = { where: "Around" } as const;

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
  const found = isFirst
    ? (await Promise.all(folders.map((folder) => agentRepositories(top, folder, AROUND)))).flat()
    : [];
  const paths = [...worktrees, ...found.filter((path) => !isLinked(path))];
  if (paths.length === 0) return { rescuedRef: undefined, unkept: [] };
  const scratch = await mkdtemp(await scratchPrefix(top, sessionRefs(name).work));
  try {
    const { kept, unkept } = await keepInner(top, paths, { capture: captureInner, scratch, around: folders });
    const rescuedRef =
      kept.length === 0
        ? undefined
        : await rescueWork(top, { session: name, work: await joinedTips(top, { others: kept }) });
    if (unkept.length === 0) for (const folder of folders) await forgetWorktreesIn(top, folder);
    return { rescuedRef, unkept };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A worktree has a file there. */
const isLinked = (path: string) => lstatSync(pathBytes(`${path}/.git`), { throwIfNoEntry: false })?.isFile() === true;
