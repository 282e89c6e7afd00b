import { rmSync, statSync } from "node:fs";
import { Fault } from "@clauderon/base/fault";
import type { Git } from "@clauderon/git/git";
import { onlyInWorktree } from "@clauderon/git/finished-work";
import { uncommittedIn } from "@clauderon/git/uncommitted";
import { worktreeGit } from "@clauderon/git/worktree-git";
import type { FinishedRepository } from "./model/finishedRun.ts";

/** The user's own checkout, as it was found. */
export interface Checkout {
  /** Its top folder. */
  readonly root: string;
  /** The commit that is checked out. */
  readonly base: string;
  /** True when it has uncommitted changes, which a worktree will not contain. */
  readonly hasChanges: boolean;
}

/** A worktree of a checkout, on a branch of its own. */
export interface Worktree {
  readonly checkout: Checkout;
  readonly branch: string;
  readonly path: string;
}

/** Reads the checkout that `path` (absolute) is in. Makes nothing; a Fault says why it cannot be used. */
export async function findCheckout(git: Git, path: string): Promise<Checkout> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Fault("FILE_UNREADABLE", `Folder ${path} does not exist`, { hint: WANTED });
  }
  const top = await git.in(path).run(["rev-parse", "--show-toplevel"]);
  if (top.code !== 0) {
    const said = top.stderr.trim().replace(/^fatal: /, "");
    throw new Fault("REPOSITORY_UNAVAILABLE", `Cannot work on ${path}: ${said}`, { hint: WANTED });
  }
  const root = top.stdout.toString().trimEnd();
  const base = await git.in(root).resolve("HEAD^{commit}");
  if (base === undefined) {
    throw new Fault("REPOSITORY_UNAVAILABLE", `Cannot work on ${root}: it has no commits yet`, {
      hint: "Create a commit first: the agent's branch starts there",
    });
  }
  const changes = await git.in(root).lines(["status", "--porcelain", "--untracked-files=normal"]);
  return { root, base, hasChanges: changes.length > 0 };
}

const WANTED = "Give the path of a clone: --repository NAME=PATH";

/**
 * Makes a worktree at `path` on a new branch `clauderon/<name>`, or `clauderon/<name>-2` and so on when that name is
 * taken, even by a run that starts at the same time. The checkout itself does not change. On failure, nothing is left
 * behind.
 */
export async function addWorktree(git: Git, checkout: Checkout, at: { name: string; path: string }): Promise<Worktree> {
  const branch = await createBranch(git, checkout, `clauderon/${at.name}`);
  const worktree = { checkout, branch, path: at.path };
  try {
    await git.in(checkout.root).read(["worktree", "add", "--quiet", at.path, branch]);
  } catch (thrown) {
    await dropWorktree(git.unstopped, worktree);
    throw thrown;
  }
  return worktree;
}

/** Removes an unused worktree and its branch. Never throws. */
export async function dropWorktree(git: Git, { checkout, branch, path }: Worktree): Promise<void> {
  rmSync(path, { recursive: true, force: true });
  const repository = git.in(checkout.root);
  // Not `prune`, which would also forget the user's worktrees on disks that are not mounted.
  await repository.run(["worktree", "remove", "--force", "--force", path]);
  await repository.run(["branch", "--quiet", "-D", branch]);
}

/**
 * Reads what was done in the worktree, and removes what holds nothing new. The worktree stays when it has anything that the
 * user's repository would not have without it, as delete of a session sees it; the branch stays when it has commits.
 */
export async function finishWorktree(git: Git, name: string, worktree: Worktree): Promise<FinishedRepository> {
  const { checkout, path } = worktree;
  const { root, base } = checkout;
  const repository = git.in(root);
  const inside = await worktreeGit(repository, path);
  const commits = await inside.lines(["log", "--no-show-signature", "--format=%h %s", `${base}..HEAD`]);
  const diffStat = await inside.read(["diff", ...PLAIN_DIFF, "--stat", `${base}..HEAD`]);
  const changed = await uncommittedIn(inside);
  const branch = await branchOf(inside);
  const isOnNone = commits.length > 0 && branch === undefined;
  const uncommitted = changed.length > 0 || isOnNone ? changed : await onlyInWorktree(repository, inside);
  const keepsWorktree = uncommitted.length > 0 || isOnNone;
  // --force, because it may have submodules.
  if (!keepsWorktree) await repository.read(["worktree", "remove", "--force", path]);
  const keepsBranch = branch !== undefined && (keepsWorktree || commits.length > 0);
  if (!(keepsBranch && branch === worktree.branch)) await dropEmptyBranch(repository, worktree);
  return {
    name,
    checkout: root,
    base,
    ...(keepsBranch ? { branch } : {}),
    ...(keepsWorktree ? { path } : {}),
    commits,
    diffStat,
    uncommitted,
  };
}

/** What was done in a clone, which always stays. Its credential helper is removed, since the token is gone. */
export async function finishClone(git: Git, name: string, path: string): Promise<FinishedRepository> {
  const inside = git.inTreeOfAgent(path);
  const listed = await inside.ask(["config", "--local", "--name-only", "--get-regexp", "^credential\\."]);
  for (const key of new Set(listed?.split("\n"))) await inside.run(["config", "--local", "--unset-all", key]);
  const branch = await branchOf(inside);
  return {
    name,
    path,
    ...(branch === undefined ? {} : { branch }),
    commits: await inside.lines(["log", "--no-show-signature", "--format=%h %s", "HEAD", "--not", "--remotes"]),
    diffStat: "",
    uncommitted: await uncommittedIn(inside),
  };
}

/** A diff that runs no program from the repository. */
const PLAIN_DIFF = ["--no-color", "--no-ext-diff", "--no-textconv"];

function branchOf(git: Git): Promise<string | undefined> {
  return git.ask(["symbolic-ref", "--quiet", "--short", "HEAD"]);
}

async function dropEmptyBranch(git: Git, { checkout: { base }, branch }: Worktree): Promise<void> {
  if ((await git.ask(["rev-list", "--count", `${base}..refs/heads/${branch}`])) !== "0") return;
  await git.run(["branch", "--quiet", "-D", branch]);
}

/** git creates a branch or fails, so two runs that want the same name never share one. */
async function createBranch(git: Git, { root, base }: Checkout, wanted: string): Promise<string> {
  const repository = git.in(root);
  for (let count = 1; ; count++) {
    const branch = count === 1 ? wanted : `${wanted}-${count}`;
    const { code, stderr } = await repository.run(["branch", "--no-track", branch, base]);
    if (code === 0) return branch;
    const taken = await repository.resolve(`refs/heads/${branch}`);
    if (taken !== undefined) continue;
    throw new Fault("REPOSITORY_UNAVAILABLE", `Cannot create the branch ${branch} in ${root}: ${stderr.trim()}`);
  }
}
