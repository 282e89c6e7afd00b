import type { RunSummary } from "@clauderon/protocol";

/** A branch and worktree of the user's repository that one run works in. */
export interface Worktree {
  readonly repository: string;
  readonly branch: string;
  /** The commit it started from. */
  readonly base: string;
  readonly path: string;
  /** True when the user's checkout has changes that are in no commit, and so not in the worktree. */
  readonly leftOut: boolean;
}

/** What a run did to its worktree. */
export interface Work {
  /** One line a commit, newest first. */
  readonly commits: readonly string[];
  readonly diffStat: string;
  /** Changes that are in no commit, as `git status --porcelain` prints them. */
  readonly uncommitted: readonly string[];
}

/** One worktree after the run: what was done in it, and what of it is still there. */
export interface FinishedWork {
  readonly name: string;
  readonly worktree: Worktree;
  readonly work: Work;
  readonly kept: { readonly worktree: boolean; readonly branch: boolean };
}

export interface FinishedRun {
  readonly name: string;
  readonly folder: string;
  readonly exitCode: number;
  readonly summary: RunSummary | undefined;
  readonly works: readonly FinishedWork[];
}
