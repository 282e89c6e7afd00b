import type { RunSummary } from "@clauderon/protocol";

/** A finished local run, as `clauderon run --json` prints it. Stable; docs/cli.md explains it. Paths are absolute. */
export interface FinishedRun {
  readonly agentJob: string;
  /** `<job>.<n>`, the name of its folder. */
  readonly run: string;
  readonly folder: string;
  /** The agent's own output stream; absent when the agent never started, or when `persistFolder` has it. */
  readonly transcript?: string;
  /** What the AgentJob keeps from run to run; absent without `persist`. */
  readonly persistFolder?: string;
  /** Exit code of the runner. */
  readonly exitCode: number;
  /** The runner's summary; absent when it wrote none. */
  readonly summary?: RunSummary;
  /** What keeps the work of repositories that the agent made in its home or its temporary folder, which are removed. */
  readonly rescued?: readonly RescuedRef[];
  readonly repositories: readonly FinishedRepository[];
}

/** A ref in a repository. */
export interface RescuedRef {
  /** The user's checkout, or the clone of this run. */
  readonly repository: string;
  readonly ref: string;
}

/** What a run did to one repository, and what still exists of it. */
export interface FinishedRepository {
  /** The name of the Repository. */
  readonly name: string;
  /** The user's checkout that the worktree belongs to; absent when the repository was cloned. */
  readonly checkout?: string;
  /** The commit the worktree started from. */
  readonly base?: string;
  /** The branch that holds the commits; absent when nothing is kept, or when the agent left HEAD detached. */
  readonly branch?: string;
  /** The worktree or clone; absent when the worktree was removed because all its work is on the branch. */
  readonly path?: string;
  /** `<hash> <subject>`, newest first; for a clone, the commits that were not pushed. */
  readonly commits: readonly string[];
  /** As `git diff --stat` prints it; empty for a clone. */
  readonly diffStat: string;
  /** Changes that are in no commit, as `git status --porcelain` prints them; after `!!` what else only the worktree has. */
  readonly uncommitted: readonly string[];
  /** Why the repository could not be read after the run; the run then leaves it as it is. */
  readonly problem?: string;
}
