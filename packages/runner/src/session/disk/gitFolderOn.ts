import { lstatSync, rmSync, symlinkSync } from "node:fs";
import { makeFolder, readPlainFile, replaceFile } from "@clauderon/files";
import type { Git } from "@clauderon/git";

/** A path and the end of its line. */
const MAX_BYTES = 65_536;

/**
 * Makes `folder` a git folder that stands for the one of a checkout, with this branch as its HEAD, wherever the agent's HEAD
 * is. It has the refs of the checkout's worktree too. Git processes may be at work in it, so only what differs is written.
 */
export async function gitFolderOn(git: Git, folder: string, branch: string): Promise<void> {
  const asked = ["rev-parse", "--path-format=absolute", "--git-common-dir", "--git-dir"];
  const [common = "", own = ""] = (await git.read(asked)).split("\n");
  makeFolder(folder);
  for (const [name, text] of [
    ["commondir", `${common}\n`],
    ["HEAD", `ref: refs/heads/${branch}\n`],
  ] as const) {
    if (readPlainFile(`${folder}/${name}`, MAX_BYTES)?.toString("utf8") !== text)
      replaceFile(`${folder}/${name}`, text);
  }
  if (lstatSync(`${folder}/refs`, { throwIfNoEntry: false })?.isSymbolicLink() === true) return;
  rmSync(`${folder}/refs`, { recursive: true, force: true });
  symlinkSync(`${own}/refs`, `${folder}/refs`);
}
