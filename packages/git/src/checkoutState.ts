import { existsSync } from "node:fs";
import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import { rawPath } from "./gitPath.ts";
import { pathBytes, textOf } from "./rawNames.ts";

/** The files that git has in its folder during an operation, and the operation. */
const OPERATIONS = {
  MERGE_HEAD: "merge",
  "rebase-merge": "rebase",
  "rebase-apply": "rebase",
  CHERRY_PICK_HEAD: "cherry-pick",
  REVERT_HEAD: "revert",
  BISECT_LOG: "bisection",
} as const;

/** The operation that a checkout is in the middle of, in one word; undefined if there is none. */
export async function operationInProgress(git: Git): Promise<string | undefined> {
  const folder = await rawPath(git, ["--git-dir"]);
  return Object.entries(OPERATIONS).find(([name]) => existsSync(pathBytes(`${folder}/${name}`)))?.[1];
}

/** Throws REPOSITORY_UNAVAILABLE if a checkout has conflicts. */
export async function refuseConflicts(git: Git): Promise<void> {
  const entries = await git.names(["ls-files", "--unmerged", "-z"]);
  const names = [...new Set(entries.map((entry) => textOf(entry.slice(entry.indexOf("\t") + 1))))];
  const [first] = names;
  if (first === undefined) return;
  const more = names.length === 1 ? "" : ` and ${names.length - 1} more`;
  throw new Fault("REPOSITORY_UNAVAILABLE", `${git.folder} has conflicts, in "${first}"${more}`, {
    hint: "Finish the merge or rebase there, or abort it, and try again",
  });
}
