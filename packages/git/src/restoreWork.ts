import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import { moduleContents, parseWork, type Work } from "./model/work.ts";
import { bytesOf } from "./rawNames.ts";
import { giveModule } from "./submodules.ts";

/** What a commit of `captureWork` says about the checkout that it was taken from. */
export async function readWork(git: Git, commit: string): Promise<Work> {
  const work = parseWork(await git.read(["show", "--no-patch", "--format=%B", `${commit}^{commit}`]));
  if (work !== undefined) return work;
  throw new Fault("REPOSITORY_UNAVAILABLE", `Commit ${commit} in ${git.folder} holds no captured work`);
}

/**
 * Files that differ from the index, which a sparse checkout must show anyway: those to write, and those that git must
 * look at.
 */
async function unhidden(git: Git, index: string, commit: string) {
  if ((await git.ask(["config", "--type=bool", "--get", "core.sparseCheckout"])) !== "true") return undefined;
  const differing = (filter: string) =>
    git.names(["diff-tree", "-r", "-z", "--name-only", "--no-renames", `--diff-filter=${filter}`, index, commit]);
  return { written: bytesOf(await differing("d")), seen: bytesOf(await differing("a")) };
}

/**
 * Restores the files and the index of captured work in a checkout. Does not move HEAD: the caller has set it to the
 * captured head. The checkout's own changes to tracked files, its index, and the folders of captured submodules are
 * lost.
 */
export async function restoreWork(git: Git, commit: string): Promise<void> {
  const message = await git.read(["show", "--no-patch", "--format=%B", commit]);
  const { index } = await readWork(git, commit);
  const hidden = await unhidden(git, index, commit);
  const show = (stdin: Buffer) => git.read(["update-index", "--no-skip-worktree", "-z", "--stdin"], { stdin });
  await git.read(["read-tree", "--reset", "-u", commit]);
  if (hidden !== undefined) {
    await show(hidden.written);
    await git.read(["checkout-index", "--force", "-z", "--stdin"], { stdin: hidden.written });
  }
  await git.read(["read-tree", "--reset", index]);
  if (hidden !== undefined) await show(hidden.seen);
  for (const module of moduleContents(message)) {
    await giveModule(git, { ...module, of: commit }, restoreModule);
  }
  await git.run(["update-index", "-q", "--refresh"]); // Its exit code says whether there are changes.
}

/** A submodule begins like the user's: at the same commit, and on the same branch if it is on one. */
async function restoreModule(git: Git, commit: string): Promise<void> {
  const { head, branch } = await readWork(git, commit);
  if (branch !== undefined) await git.read(["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
  if (head !== undefined) await git.read(["update-ref", ...(branch === undefined ? ["--no-deref"] : []), "HEAD", head]);
  await restoreWork(git, commit);
}
