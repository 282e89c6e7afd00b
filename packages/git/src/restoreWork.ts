import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import { parseWork, type Work } from "./model/work.ts";

/** What a commit of `captureWork` says of the checkout it was taken from. */
export async function readWork(git: Git, commit: string): Promise<Work> {
  const work = parseWork(await git.read(["show", "--no-patch", "--format=%B", `${commit}^{commit}`]));
  if (work !== undefined) return work;
  throw new Fault("REPOSITORY_UNAVAILABLE", `Commit ${commit} in ${git.folder} holds no captured work`);
}

/**
 * Makes a checkout look as another did when its work was captured: files, and what of them is staged. HEAD stays where it
 * is: whoever calls has put it on the captured head. What the checkout had in tracked files, or in the index, is lost.
 */
export async function restoreWork(git: Git, commit: string): Promise<void> {
  const { index } = await readWork(git, commit);
  await git.read(["read-tree", "--reset", "-u", commit]);
  await git.read(["read-tree", "--reset", index]);
  await git.run(["update-index", "-q", "--refresh"]); // Its exit code says whether there are changes.
}
