import type { Git } from "./git.ts";

/** Whether `newer` contains `older`. A commit contains itself. */
export async function isAncestor(git: Git, older: string, newer: string): Promise<boolean> {
  return (await git.run(["merge-base", "--is-ancestor", older, newer])).code === 0;
}
