import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import { forgetWorktreesIn } from "./forgetWorktrees.ts";
import { readWork, restoreWork } from "./restoreWork.ts";
import { worktreeGit } from "./worktreeGit.ts";

export interface WorktreePlace {
  /** An absolute path that only we use. */
  readonly path: string;
  /** The branch, without `refs/heads/`. */
  readonly branch: string;
  /** The owner of the branch: a word that no other session has. */
  readonly owner: string;
}

/**
 * Makes a worktree of the repository at `path`, on a new branch from the captured head, and restores the captured work
 * in it. Can be repeated after it was killed anywhere, and then starts again. Throws SESSION_EXISTS if a branch of that
 * name belongs to another owner or has new commits. Does not touch the repository's own checkout.
 */
export async function createWorktree(repository: Git, place: WorktreePlace, commit: string): Promise<void> {
  const { head } = await readWork(repository, commit);
  if (head === undefined) {
    throw new Fault("REPOSITORY_UNAVAILABLE", `${repository.folder} has no commit yet`, {
      hint: "Commit something first. The session's branch begins at that commit",
    });
  }
  await dropWorktree(repository, place.path);
  await takeBranch(repository, place, head);
  await patiently(repository, ["worktree", "add", "--no-checkout", "--force", "--", place.path, place.branch]);
  await restoreWork(await worktreeGit(repository, place.path), commit);
}

export interface RemovedPlace extends Partial<WorktreePlace> {
  readonly path: string;
  /** A folder of ours that is deleted with the worktree. The agent may have added other worktrees there. */
  readonly around?: string;
}

/**
 * Removes the worktree with everything in it, and `branch` if it is given, belongs to the owner and is not checked out
 * elsewhere. Succeeds if they do not exist.
 */
export async function removeWorktree(repository: Git, { path, around, branch, owner }: RemovedPlace): Promise<void> {
  await dropWorktree(repository, path);
  if (around !== undefined) await forgetWorktreesIn(repository, around);
  if (branch === undefined || (await ownerOf(repository, branch)) !== owner) return;
  const ref = `refs/heads/${branch}`;
  const isFree = (await repository.ask(["for-each-ref", "--format=%(worktreepath)", ref])) === undefined;
  if (isFree && (await repository.resolve(ref)) !== undefined)
    await patiently(repository, ["branch", "--quiet", "-D", "--", branch]); // Its mark goes with it.
  else await patiently(repository, ["config", "--local", "--unset", markOf(branch)]);
}

/**
 * Moves the owner's branch to a commit before a worktree is made on it again. Leaves a branch of somebody else, or one
 * that does not exist, to `createWorktree`.
 */
export async function moveOwnBranch(
  repository: Git,
  { branch, owner }: Omit<WorktreePlace, "path">,
  head: string,
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const tip = await repository.resolve(ref);
  if (tip === undefined || tip === head || (await ownerOf(repository, branch)) !== owner) return;
  const message = ["-m", "clauderon: continued"];
  await repository.read(["update-ref", "--no-deref", "--create-reflog", ...message, ref, head, tip]);
}

/**
 * Removes the worktree at this path and the repository's entry for it, and nothing else: `git worktree prune` would
 * forget every worktree whose folder is missing, for example on a disk that is not mounted.
 */
async function dropWorktree(repository: Git, path: string): Promise<void> {
  const remove = () => repository.run(["worktree", "remove", "--force", "--force", "--", path]); // Twice: also one that is locked.
  if ((await remove()).code === 0 && !existsSync(path)) return;
  await rm(path, { recursive: true, force: true });
  // git refuses if the folder is not a worktree any more. Without the folder, git removes the entry.
  await remove();
}

/** Sets the mark before the branch, so that a branch of ours always has its mark. */
async function takeBranch(repository: Git, { branch, owner }: WorktreePlace, head: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const tip = await repository.resolve(ref);
  if (tip === undefined) {
    await patiently(repository, ["config", "--local", markOf(branch), owner]);
    await repository.read(["update-ref", "--no-deref", "--create-reflog", ref, head, ""]);
    return;
  }
  if ((await ownerOf(repository, branch)) === owner && tip === head) return;
  throw new Fault("SESSION_EXISTS", `Branch "${branch}" already exists in ${repository.folder}`, {
    hint: `Choose another name, or delete the branch: git branch -D ${branch}`,
  });
}

/** Repeats a command that fails because another one is changing configuration or worktrees: git does not wait. */
async function patiently(repository: Git, args: readonly string[]): Promise<void> {
  for (let tries = 1; tries < MAX_TRIES; tries++) {
    const { code, stderr } = await repository.run(args);
    if (code === 0) return;
    if (!BUSY.test(stderr)) break;
    await sleep(PAUSE_MS);
  }
  await repository.read(args);
}

/** git 2.39 reads another's half-made worktree and reports the error as `Success`. */
const BUSY = /could not lock|unable to (create|lock)|failed to read \S*worktrees\//i;
const MAX_TRIES = 100;
const PAUSE_MS = 20;

const markOf = (branch: string) => `branch.${branch}.clauderonsession`;

async function ownerOf(repository: Git, branch: string): Promise<string | undefined> {
  return repository.ask(["config", "--local", "--get", markOf(branch)]);
}
