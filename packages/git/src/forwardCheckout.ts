import type { Forwarding } from "@clauderon/protocol";
import type { Git } from "./git.ts";
import { isAncestor } from "./isAncestor.ts";

/**
 * Fast-forwards a checkout to a commit that its repository has, if the checkout is on this branch and has nothing
 * uncommitted. Leaves any other checkout alone, because an agent may be working in it. Does not overwrite ignored files.
 */
export async function forwardCheckout(git: Git, branch: string, commit: string): Promise<Forwarding> {
  const status = ["status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=dirty"];
  if ((await git.read(status)) !== "") return "Uncommitted";
  const current = await git.ask(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  if (current !== branch) return "OffBranch";
  const head = await git.read(["rev-parse", "--verify", "HEAD^{commit}"]);
  if (head === commit) return "Forwarded";
  if (await isAncestor(git, commit, head)) return "Ahead";
  if (!(await isAncestor(git, head, commit))) return "Diverged";
  const { code } = await git.run(["merge", "--quiet", "--ff-only", "--no-overwrite-ignore", commit]);
  return code === 0 ? "Forwarded" : "InTheWay";
}
