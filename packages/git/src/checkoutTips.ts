import type { Git } from "./git.ts";
import { gitPath, rawPath } from "./gitPath.ts";
import type { OtherTip } from "./model/work.ts";
import { readPlainFile } from "@clauderon/files";
import { pathBytes } from "./rawNames.ts";

/**
 * Files in which git keeps what it needs to end or undo an operation: the other side of a merge, and what was
 * uncommitted before.
 */
const FILES = [
  "MERGE_HEAD",
  "CHERRY_PICK_HEAD",
  "REVERT_HEAD",
  "MERGE_AUTOSTASH",
  "rebase-merge/autostash",
  "rebase-merge/orig-head",
  "rebase-apply/autostash",
  "rebase-apply/orig-head",
] as const;

/** Refs that each worktree has for itself, except ours. */
const OWN_REFS = ["refs/worktree", "refs/bisect", "refs/rewritten"] as const;
const OURS = /^refs\/worktree\/(clauderon\/|work$)/;

/** Lines of a reflog, and the text of those with which HEAD left a branch or a detached commit. */
const LOG_LINES = /^([0-9a-f]+) ([0-9a-f]+) [^\t\n]*\t(.*)$/gm;
const LEFT = /^checkout: moving from (\S+) to /;
const MAX_LOG_BYTES = 67_108_864;

const COMMIT_LINES = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/gm;

/** A merge has only a few heads, one on each line. */
const MAX_BYTES = 65_536;

/**
 * Commits that only the checkout itself names, and no branch, tag or remote: those of an unfinished merge or rebase, its
 * stash of uncommitted changes, refs of this worktree, and positions that HEAD left without a branch, or on a branch
 * that has been deleted since.
 */
export async function checkoutTips(git: Git, head: string | undefined): Promise<readonly OtherTip[]> {
  const found = [
    ...operationTips(await rawPath(git, ["--git-dir"])),
    ...(await ofRefs(git)),
    ...(await leftBehind(git)),
  ];
  const tips = found.filter(({ commit }) => commit !== head);
  if (tips.length === 0) return [];
  const checked = await git.lines(["cat-file", "--batch-check=%(objecttype) %(objectname)"], {
    stdin: tips.map(({ commit }) => `${commit}\n`).join(""),
  });
  const commits = tips.filter((_, index) => checked[index]?.startsWith("commit ") === true);
  if (commits.length === 0) return [];
  const stdin = commits.map(({ commit }) => `${commit}\n`).join("");
  const known = ["--branches", "--tags", "--remotes"];
  const own = new Set(await git.lines(["rev-list", "--stdin", "--not", ...known], { stdin }));
  const kept = new Map<string, OtherTip>();
  for (const tip of commits) if (own.has(tip.commit) && !kept.has(tip.commit)) kept.set(tip.commit, tip);
  return [...kept.values()].slice(0, MAX_TIPS);
}

/** Each is an argument of git, and a line of a message that is read whole. No agent leaves so many commits by hand. */
const MAX_TIPS = 10_000;

/** Commits that an unfinished merge, rebase or the like names, in a git folder at a raw path. */
export function operationTips(folder: string): readonly OtherTip[] {
  return FILES.flatMap((ref) => {
    const text = readPlainFile(pathBytes(`${folder}/${ref}`), MAX_BYTES)?.toString("latin1") ?? "";
    return [...text.matchAll(COMMIT_LINES)].map(([commit]) => ({ commit, ref }));
  });
}

async function ofRefs(git: Git): Promise<readonly OtherTip[]> {
  const lines = await git.lines(["for-each-ref", "--format=%(objectname) %(refname)", ...OWN_REFS]);
  const tips = lines.map((line) => ({
    commit: line.slice(0, line.indexOf(" ")),
    ref: line.slice(line.indexOf(" ") + 1),
  }));
  return tips.filter(({ ref }) => !OURS.test(ref));
}

/** git itself does not read the reflog while HEAD is on a branch without a commit. */
async function leftBehind(git: Git): Promise<readonly OtherTip[]> {
  const text = readPlainFile(pathBytes(await gitPath(git, "logs/HEAD")), MAX_LOG_BYTES)?.toString("latin1") ?? "";
  const entries = [...text.matchAll(LOG_LINES)].toReversed();
  const printed = await git.bytes(["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"]);
  const branches = new Set(printed.toString("latin1").split("\n"));
  const left = entries.flatMap(([, before = "", , message = ""], index) => {
    const [, from] = LEFT.exec(message) ?? [];
    return from === undefined || branches.has(from) ? [] : [{ commit: before, ref: `HEAD@{${index + 1}}` }];
  });
  const [[, , last] = []] = entries;
  return last === undefined ? left : [{ commit: last, ref: "HEAD@{0}" }, ...left];
}
