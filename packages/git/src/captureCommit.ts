import type { Git } from "./git.ts";
import { CARRIER } from "./model/carrier.ts";
import { formatWork } from "./model/work.ts";

/**
 * Captured work of a checkout that is at this commit and has nothing uncommitted. The user's real checkout does not
 * count.
 */
export async function captureCommit(git: Git, { ref, commit: head }: { ref: string; commit: string }): Promise<string> {
  const make = async (parents: readonly string[], text: string) => {
    const args = ["commit-tree", ...parents.flatMap((parent) => ["-p", parent]), `${head}^{tree}`];
    return await git.read(args, { environment: CARRIER, stdin: text });
  };
  const index = await make([head], "index\n");
  const commit = await make([head, index], formatWork({ head, branch: undefined, index }));
  await git.read(["update-ref", "--create-reflog", ref, commit]);
  return commit;
}
