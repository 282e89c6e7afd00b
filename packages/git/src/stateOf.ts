import type { Git } from "./git.ts";

/** What tells two captures of one state from captures of two: all but their times. Takes the commit of `captureWork`. */
export async function stateOf(git: Git, work: string): Promise<string> {
  const parents = (await git.read(["show", "--no-patch", "--format=%P", work])).split(" ");
  const trees = await git.read(["rev-parse", `${parents.at(-1)}^{tree}`, `${work}^{tree}`]);
  return [...parents.slice(0, -1), trees].join("\n");
}
