import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import type { OtherTip } from "./model/work.ts";

/** Each is an argument of git. Nobody makes so many branches by hand. */
const MAX_TIPS = 10_000;

/**
 * Our own refs, which hold what was sent or captured; those of remotes, which have the commits already; and the stash,
 * which is read from its log.
 */
const NOT_OWN = /^refs\/(clauderon\/(work|incoming)$|worktree\/(clauderon\/|work$)|remotes\/|stash$)/;

const FORMAT = "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname)";

/**
 * Commits on stashes, local branches, tags and other refs that are neither in `head` nor on a remote, newest first. Throws
 * REPOSITORY_UNAVAILABLE for more than a commit can keep.
 */
export async function otherTips(git: Git, head: string | undefined): Promise<readonly OtherTip[]> {
  const newer = head === undefined ? [] : [`--no-merged=${head}`];
  const lines = await git.lines(["for-each-ref", ...newer, "--sort=-creatordate", FORMAT]);
  const tips = lines.flatMap(tipOf).filter(({ ref }) => !NOT_OWN.test(ref));
  const rest = await notOfRemotes(
    git,
    tips.filter((tip) => !isBranch(tip)),
  );
  const all = [...(await stashes(git)), ...tips.filter(isBranch), ...rest];
  if (all.length <= MAX_TIPS) return all;
  throw new Fault("REPOSITORY_UNAVAILABLE", `${git.folder} has more than ${MAX_TIPS} branches, tags and stashes`, {
    hint: "Delete those that are not needed, so that the others can be kept",
  });
}

const isBranch = ({ ref }: OtherTip) => ref.startsWith("refs/heads/");

async function stashes(git: Git): Promise<readonly OtherTip[]> {
  const log = (await git.ask(["log", "--walk-reflogs", "--format=%H %gD", "refs/stash", "--"])) ?? "";
  const lines = log.split("\n").filter((line) => line !== "");
  return lines.map((line) => ({ commit: line.slice(0, line.indexOf(" ")), ref: line.slice(line.indexOf(" ") + 1) }));
}

/** The commit in a line of FORMAT, also through a tag. Other objects have no history. */
function tipOf(line: string): readonly OtherTip[] {
  const [type, name = "", tagged, target = "", ref = ""] = line.split(" ");
  if (type === "commit") return [{ commit: name, ref }];
  return tagged === "commit" ? [{ commit: target, ref }] : [];
}

async function notOfRemotes(git: Git, tips: readonly OtherTip[]): Promise<readonly OtherTip[]> {
  if (tips.length === 0) return [];
  const stdin = tips.map(({ commit }) => `${commit}\n`).join("");
  const own = new Set(await git.lines(["rev-list", "--stdin", "--not", "--remotes"], { stdin }));
  return tips.filter(({ commit }) => own.has(commit));
}
