import { checkoutTips } from "./checkoutTips.ts";
import type { Git } from "./git.ts";
import { isAncestor } from "./isAncestor.ts";
import { joinedTips } from "./joinedTips.ts";
import { CARRIER } from "./model/carrier.ts";
import { sessionRefs } from "./model/sessionRefs.ts";
import type { OtherTip } from "./model/work.ts";
import { isAsBegun, isWorkSafe, rescueWork } from "./rescueWork.ts";
import { lostWorktreeGit } from "./worktreeGit.ts";

export interface LostWorktree {
  readonly session: string;
  /** Where the worktree was. */
  readonly path: string;
  /** The captured work that the session began with. */
  readonly begun: string | undefined;
}

/**
 * Keeps for good what a repository still has of a session whose worktree is gone: the work that was last captured, commits of
 * its branch, and commits and staged files that only the repository's entry for the worktree names. Returns the ref;
 * undefined if other refs have all of it.
 */
export async function rescueLost(git: Git, { session, path, begun }: LostWorktree): Promise<string | undefined> {
  const refs = sessionRefs(session);
  const work = await git.resolve(refs.work);
  const tips = await newerTips(git, { path, work, branch: refs.branch });
  const [first, ...more] = tips;
  const newer = first === undefined || more.length === 0 ? first?.commit : await joinedTips(git, { others: tips });
  const isSafe =
    work === undefined ||
    (await isWorkSafe(git, { work }, [refs.branch])) ||
    (begun !== undefined && (await isAsBegun(git, { session, work }, begun)));
  if (!isSafe) return await rescueWork(git, { session, work, head: newer });
  return newer === undefined ? undefined : await rescueWork(git, { session, work: newer });
}

interface Lost {
  readonly path: string;
  readonly work: string | undefined;
  readonly branch: string;
}

/** What neither the captured work nor a ref that stays has. */
async function newerTips(git: Git, { path, work, branch }: Lost): Promise<readonly OtherTip[]> {
  const entry = await lostWorktreeGit(git, path);
  const tip = await git.resolve(branch);
  const found = [
    ...(tip === undefined ? [] : [{ commit: tip, ref: branch }]),
    ...(entry === undefined ? [] : await entryTips(entry, work)),
  ];
  const kept = new Map<string, OtherTip>();
  for (const one of found) {
    if (kept.has(one.commit) || (work !== undefined && (await isAncestor(git, one.commit, work)))) continue;
    if (!(await isWorkSafe(git, { work: one.commit }, [branch]))) kept.set(one.commit, one);
  }
  return [...kept.values()];
}

/** HEAD, where it was before, what an unfinished merge or rebase names, and the index if it has other files than HEAD. */
async function entryTips(entry: Git, work: string | undefined): Promise<readonly OtherTip[]> {
  const head = await entry.resolve("HEAD^{commit}");
  const tips = await checkoutTips(entry, head);
  const heads = head === undefined ? [] : [{ commit: head, ref: "HEAD@{0}" }];
  return [...heads, ...tips, ...(await stagedTip(entry, { head, work }))];
}

async function stagedTip(entry: Git, known: Readonly<Record<"head" | "work", string | undefined>>) {
  const { head, work } = known;
  // An index with conflicts has no tree.
  const tree = await entry.ask(["write-tree"]);
  const captured = work === undefined ? [] : [work, ...(await entry.lines(["rev-parse", `${work}^@`]))];
  const commits = head === undefined ? captured : [head, ...captured];
  const trees = await entry.lines(["rev-parse", ...commits.map((commit) => `${commit}^{tree}`)]);
  if (tree === undefined || trees.includes(tree)) return [];
  const parents = head === undefined ? [] : ["-p", head];
  const commit = await entry.read(["commit-tree", ...parents, tree], { environment: CARRIER, stdin: "staged\n" });
  return [{ commit, ref: "HEAD@{staged}" }];
}
