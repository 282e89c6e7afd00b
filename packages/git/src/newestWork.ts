import type { Git } from "./git.ts";
import { isAncestor } from "./isAncestor.ts";
import { readWork } from "./restoreWork.ts";

export interface KeptWork {
  /** The captured work that the session began with. */
  readonly begun: string;
  /** The session's state as last fetched; undefined if nothing was fetched. */
  readonly work: string | undefined;
  /** The tip of the session's branch, as far as the user's repository knows it. */
  readonly head: string | undefined;
  /** The branch cannot move, because the user has it checked out. */
  readonly isBranchFixed: boolean;
}

/**
 * What a session continues from after it lost its place: captured work, or a plain commit if the branch has moved on
 * since the last capture. The branch is newer if it contains the captured commit. If both have commits of their own, as
 * after an amend, the later one counts. A plain commit has no uncommitted work, so the caller keeps what was captured.
 */
export async function newestWork(git: Git, { begun, work, head, isBranchFixed }: KeptWork): Promise<Newest> {
  const captured = work ?? begun;
  const { head: at } = await readWork(git, captured);
  if (head === undefined || head === at) return { work: captured };
  if (isBranchFixed || at === undefined || (await isAncestor(git, at, head))) return { head };
  if (await isAncestor(git, head, at)) return { work: captured };
  return (await timeOf(git, head)) > (await timeOf(git, captured)) ? { head } : { work: captured };
}

type Newest = { readonly work: string } | { readonly head: string };

const timeOf = async (git: Git, commit: string) =>
  Number(await git.read(["show", "--no-patch", "--format=%ct", commit]));
