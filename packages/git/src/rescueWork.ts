import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import { sessionRefs } from "./model/sessionRefs.ts";
import { parseWork, sentModules } from "./model/work.ts";
import { sweepQuarantines } from "./quarantine.ts";
import { removeScratch } from "./scratchFolder.ts";
import { stateOf } from "./stateOf.ts";

export interface SessionState {
  readonly session: string;
  /** The session's state, as captured work. */
  readonly work: string;
  /** The tip of the session's branch. */
  readonly head?: string | undefined;
}

/**
 * Our refs that are deleted with the session. Its worktree's HEAD is deleted too, so HEADs of other worktrees do not
 * count at all.
 */
const PASSING = ["refs/clauderon/incoming/*", "refs/clauderon/sessions/*"];

/**
 * Whether all of a session's work can be reached from refs that stay: every commit, and uncommitted changes. `passing`
 * are further refs that are deleted with the session, such as its branch. Uncommitted work is safe only if there is
 * none, or if it was rescued before. `work` may also be a plain commit.
 */
export async function isWorkSafe(
  git: Git,
  { work, head }: Omit<SessionState, "session">,
  passing: readonly string[] = [],
): Promise<boolean> {
  const kept = [...PASSING, ...passing].map((ref) => `--exclude=${ref}`);
  const isKept = async (commits: readonly string[]) =>
    (await git.read(["rev-list", "--max-count=1", ...commits, "--not", "--single-worktree", ...kept, "--all"])) === "";
  const heads = head === undefined ? [] : [head];
  if (await isKept([work, ...heads])) return true;
  const message = await git.read(["show", "--no-patch", "--format=%B", work]);
  const index = parseWork(message)?.index;
  if (index === undefined) return false;
  // The user's submodules have these commits.
  const sent = sentModules(message).map(({ commit }) => commit);
  const parents = (await git.read(["show", "--no-patch", "--format=%P", work])).split(" ");
  const commits = [...heads, ...parents.filter((parent) => parent !== index && !sent.includes(parent))];
  const [first] = parents;
  const isClean = first !== index && (await haveSameTree(git, [work, index, first ?? work]));
  return isClean && (await isKept(commits));
}

/**
 * Whether a session still has exactly the captured work `begun`, with nothing of its own. A session that continued in a
 * new place began with its own work.
 */
export async function isAsBegun(git: Git, { session, work, head }: SessionState, begun: string): Promise<boolean> {
  const { continued } = sessionRefs(session);
  if ((await git.resolve(continued)) !== undefined) return false;
  const isKnown = (await git.run(["cat-file", "-e", `${begun}^{commit}`])).code === 0;
  if (!isKnown || parseWork(await git.read(["show", "--no-patch", "--format=%B", work])) === undefined) return false;
  const first = parseWork(await git.read(["show", "--no-patch", "--format=%B", begun]));
  if (first === undefined || (head ?? first.head) !== first.head) return false;
  return (await stateOf(git, work)) === (await stateOf(git, begun));
}

async function haveSameTree(git: Git, commits: readonly string[]): Promise<boolean> {
  const trees = await git.read(["rev-parse", ...commits.map((commit) => `${commit}^{tree}`)]);
  return new Set(trees.split("\n")).size === 1;
}

/**
 * Keeps a session's work for good and returns the ref: `refs/clauderon/rescued/<name>`, with a number appended if that
 * holds other work of an earlier session. If the branch has commits that the state does not include, its tip becomes
 * another parent of an otherwise equal commit.
 */
export async function rescueWork(git: Git, { session, work, head }: SessionState): Promise<string> {
  const commit = head === undefined ? work : await withHead(git, work, head);
  const { rescued } = sessionRefs(session);
  for (let number = 1; number <= MAX_RESCUES; number += 1) {
    const ref = number === 1 ? rescued : `${rescued}-${number}`;
    const tip = await git.resolve(ref);
    if (tip !== undefined && (await areSame(git, tip, commit))) return ref;
    if (tip !== undefined) continue;
    await git.read(["update-ref", "--create-reflog", "-m", "clauderon: rescued", ref, commit, ""]);
    return ref;
  }
  throw new Fault("REPOSITORY_UNAVAILABLE", `${git.folder} has ${MAX_RESCUES} rescued works of "${session}"`, {
    hint: `Delete those that are not needed: git update-ref -d ${rescued}`,
  });
}

const MAX_RESCUES = 1_000;

/** If an earlier rescue was killed before it recorded its ref, the commits differ only in their times. */
async function areSame(git: Git, one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  for (const commit of [one, other]) {
    if (parseWork(await git.read(["show", "--no-patch", "--format=%B", commit])) === undefined) return false;
  }
  return (await stateOf(git, one)) === (await stateOf(git, other));
}

async function withHead(git: Git, work: string, head: string): Promise<string> {
  const isIn = (await git.run(["merge-base", "--is-ancestor", head, work])).code === 0;
  if (isIn) return work;
  // One character for each byte: the message contains the branch's name, which may have any encoding.
  const raw = (await git.bytes(["cat-file", "commit", work])).toString("latin1");
  // Inserts the parent between the captured head and the index, where captured work has other commits.
  const end = raw.indexOf("\n\n");
  const lines = raw.slice(0, end).split("\n");
  const at = lines.findLastIndex((line) => line.startsWith("parent "));
  const text = [...lines.slice(0, at), `parent ${head}`, ...lines.slice(at)].join("\n") + raw.slice(end);
  return await git.read(["hash-object", "-t", "commit", "-w", "--stdin"], { stdin: Buffer.from(text, "latin1") });
}

/** Removes the refs of a session, and what killed captures and fetches left. Succeeds if there is nothing to remove. */
export async function forgetWork(git: Git, session: string): Promise<void> {
  const { incoming, work, fetched, continued } = sessionRefs(session);
  const stdin = [incoming, work, fetched, continued].map((ref) => `delete ${ref}\n`).join("");
  await git.read(["update-ref", "--stdin"], { stdin });
  for (const ref of [incoming, work]) await removeScratch(git, ref);
  await sweepQuarantines(git, [session]);
}
