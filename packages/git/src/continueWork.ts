import { captureCommit } from "./captureCommit.ts";
import type { Git } from "./git.ts";
import { sessionRefs } from "./model/sessionRefs.ts";
import { type KeptWork, newestWork } from "./newestWork.ts";
import { isAsBegun, isWorkSafe, rescueWork } from "./rescueWork.ts";

export interface LostSession extends KeptWork {
  readonly session: string;
}

export interface Continued {
  /** The captured work that the session begins with in its new place. */
  readonly commit: string;
  /** Where the work that was fetched from the lost place is kept for good; undefined if other refs have all of it. */
  readonly rescuedRef: string | undefined;
}

/**
 * Prepares a session that lost its place to begin in a new one, from the newest work that the repository holds. Keeps
 * what was fetched for good before anything can replace it. Can be repeated after it was killed anywhere.
 */
export async function continueWork(git: Git, lost: LostSession): Promise<Continued> {
  const { session, begun, work, head } = lost;
  const isUntouched = work !== undefined && (await isAsBegun(git, { session, work, head }, begun));
  if (isUntouched) return { commit: begun, rescuedRef: undefined };
  const refs = sessionRefs(session);
  const rescuedRef = await rescueKept(git, lost);
  const newest = await newestWork(git, lost);
  const update = async (ref: string, commit: string) =>
    await git.read(["update-ref", "--create-reflog", "-m", "clauderon: continued", ref, commit]);
  const commit = "work" in newest ? newest.work : await captureCommit(git, { ref: refs.incoming, commit: newest.head });
  await update(refs.incoming, commit);
  // The session begins with this work, but the work is its own.
  if (commit !== begun) await update(refs.continued, commit);
  return { commit, rescuedRef };
}

async function rescueKept(git: Git, { session, work, head }: LostSession): Promise<string | undefined> {
  const { branch } = sessionRefs(session);
  const safe = async (tip: string) => await isWorkSafe(git, { work: tip, head }, [branch]);
  if (work === undefined) {
    if (head === undefined || (await safe(head))) return undefined;
    return await rescueWork(git, { session, work: head });
  }
  if (await safe(work)) return undefined;
  return await rescueWork(git, { session, work, head });
}
