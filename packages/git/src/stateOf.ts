import type { Git } from "./git.ts";

/**
 * Identifies a state: equal for two captures of the same state, because it ignores their times. Takes a commit of
 * `captureWork`.
 */
export async function stateOf(git: Git, work: string): Promise<string> {
  const parents = (await git.read(["show", "--no-patch", "--format=%P", work])).split(" ");
  const trees = await git.read(["rev-parse", `${parents.at(-1)}^{tree}`, `${work}^{tree}`]);
  return [...parents.slice(0, -1), trees].join("\n");
}
