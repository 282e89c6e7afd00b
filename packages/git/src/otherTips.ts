import type { Git } from "./git.ts";
import type { OtherTip } from "./model/work.ts";

/** A commit has room for many parents, but no reader has. */
const MAX_TIPS = 200;

/** What local branches and stashes hold that is not in `head`, newest first. */
export async function otherTips(git: Git, head: string | undefined): Promise<readonly OtherTip[]> {
  const newer = head === undefined ? [] : [`--no-merged=${head}`];
  const format = "--format=%(objectname) %(refname)";
  const branches = await git.read(["for-each-ref", ...newer, "--sort=-committerdate", format, "refs/heads/"]);
  const stashes = (await git.ask(["log", "--walk-reflogs", "--format=%H %gD", "refs/stash", "--"])) ?? "";
  return `${stashes}\n${branches}`
    .split("\n")
    .filter((line) => line !== "")
    .slice(0, MAX_TIPS)
    .map((line) => ({ commit: line.slice(0, line.indexOf(" ")), ref: line.slice(line.indexOf(" ") + 1) }));
}
