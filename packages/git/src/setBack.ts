import { isAncestor } from "./isAncestor.ts";
import type { Git } from "./git.ts";
import { sessionRefs } from "./model/sessionRefs.ts";
import { parseWork } from "./model/work.ts";
import { isAsBegun, isWorkSafe, rescueWork } from "./rescueWork.ts";

/** A session's state, as captured work, and the tip of its branch. */
interface State {
  readonly work: string;
  readonly head: string | undefined;
}

/**
 * Keeps earlier fetched work for good if the session's new state looks as if it had started again: an older commit, a
 * history with another root, or exactly the state that it began with. Returns the ref; undefined if the session
 * continued from there, or if other refs have everything. An agent that amends or rebases also continues: the reflogs of
 * the session's refs keep the earlier commits.
 */
export async function keepWhenSetBack(
  git: Git,
  session: string,
  { before, now }: { readonly before: State; readonly now: State },
): Promise<string | undefined> {
  if (before.work === now.work || !(await isSetBack(git, session, { before, now }))) return undefined;
  const { branch } = sessionRefs(session);
  if (await isWorkSafe(git, before, [branch])) return undefined;
  return await rescueWork(git, { session, ...before });
}

async function isSetBack(git: Git, session: string, { before, now }: { before: State; now: State }): Promise<boolean> {
  for (const old of await headsOf(git, before)) {
    if (await hasLost(git, old, await headsOf(git, now))) return true;
  }
  const begun = await git.ask(["rev-parse", "--quiet", "--verify", sessionRefs(session).incoming]);
  if (begun === undefined || !(await isAsBegun(git, { session, ...now }, begun))) return false;
  return !(await isAsBegun(git, { session, ...before }, begun));
}

/** Whether no new tip contains the old commit or a rewritten form of it. */
async function hasLost(git: Git, old: string, tips: readonly string[]): Promise<boolean> {
  for (const tip of tips) {
    if (await isAncestor(git, old, tip)) return false;
    const base = await git.ask(["merge-base", old, tip]);
    if (base !== undefined && base !== tip) return false;
  }
  return true;
}

/** The commits that a session's state is based on. */
async function headsOf(git: Git, { work, head }: State): Promise<readonly string[]> {
  const at = parseWork(await git.read(["show", "--no-patch", "--format=%B", work]))?.head;
  return [...new Set([at, head].flatMap((commit) => commit ?? []))];
}
