import { resolve } from "node:path";
import { Fault } from "@clauderon/base";
import { git, runCommand } from "../process.ts";
import type { Work, Worktree } from "./model/finishedRun.ts";

/**
 * Makes a worktree at `path` on a new branch `clauderon/<name>` (or `clauderon/<name>-2`, … when that exists), starting at
 * the commit the user's checkout is on. The checkout itself is not touched.
 */
export async function addWorktree(checkout: string, name: string, path: string): Promise<Worktree> {
  const repository = await rootOf(resolve(checkout));
  const base = await git(repository, "rev-parse", "--verify", "HEAD^{commit}");
  const branch = await freeBranch(repository, `clauderon/${name}`);
  const leftOut = (await git(repository, "status", "--porcelain")) !== "";
  await git(repository, "worktree", "add", "--quiet", "-b", branch, path, base);
  return { repository, branch, base, path, leftOut };
}

/** Reads what is in the worktree that was not there when it was made. */
export async function readWork({ path, base }: Worktree): Promise<Work> {
  const lines = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await git(path, ...args)).split("\n").filter((line) => line !== "");
  return {
    commits: await lines("log", "--oneline", "--no-decorate", `${base}..HEAD`),
    diffStat: await git(path, "diff", "--stat", `${base}..HEAD`),
    uncommitted: await lines("status", "--porcelain"),
  };
}

/**
 * Takes the worktree away when nothing in it would be lost: it stays when it holds uncommitted changes, and the branch stays
 * when it holds commits. Returns what stayed.
 */
export async function cleanUpWorktree(worktree: Worktree, work: Work): Promise<{ worktree: boolean; branch: boolean }> {
  if (work.uncommitted.length > 0) return { worktree: true, branch: true };
  await git(worktree.repository, "worktree", "remove", worktree.path);
  const current = await git(worktree.repository, "rev-parse", "--verify", `refs/heads/${worktree.branch}`);
  if (current !== worktree.base) return { worktree: false, branch: true };
  await git(worktree.repository, "branch", "--quiet", "-D", worktree.branch);
  return { worktree: false, branch: false };
}

async function rootOf(checkout: string): Promise<string> {
  const { code, stdout } = await runCommand("git", ["-C", checkout, "rev-parse", "--show-toplevel"], "/");
  if (code === 0) return stdout.trimEnd();
  throw new Fault("REPOSITORY_UNAVAILABLE", `${checkout} is not in a git checkout`, {
    hint: "Give the path of a clone: --repository NAME=PATH",
  });
}

async function freeBranch(repository: string, wanted: string): Promise<string> {
  const taken = new Set(
    (await git(repository, "for-each-ref", "--format=%(refname:short)", "refs/heads/clauderon/")).split("\n"),
  );
  for (let count = 1; ; count++) {
    const branch = count === 1 ? wanted : `${wanted}-${count}`;
    if (!taken.has(branch)) return branch;
  }
}
