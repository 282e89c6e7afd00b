import { cleanText } from "@clauderon/base";
import type { Git } from "./git.ts";
import { isAncestor } from "./isAncestor.ts";
import { sessionRefs } from "./model/sessionRefs.ts";

/**
 * What happened to the user's branch for a session's work. A `Kept` branch was not changed; the reason is a sentence for
 * people. The work is on the ref of fetched work anyway.
 */
export type BranchOutcome =
  | { readonly state: "Created" | "Updated" | "Current" | "Gone" }
  | { readonly state: "Kept"; readonly reason: string };

export interface BranchMove {
  /** The tip of the session's branch; undefined if the session no longer has it. */
  readonly head: string | undefined;
  /** What the previous fetch brought. */
  readonly last: string | undefined;
}

/**
 * Moves the user's branch with a session's name to the session's commit: creates it, fast-forwards it, or replaces what
 * the previous fetch brought if the session has rewritten it. A branch that is checked out, or that the user has moved,
 * is kept.
 */
export async function moveBranch(git: Git, session: string, { head, last }: BranchMove): Promise<BranchOutcome> {
  if (head === undefined) return { state: "Gone" };
  const { branch } = sessionRefs(session);
  const short = branch.slice("refs/heads/".length);
  const [tip = "", folder = ""] = (
    (await git.ask(["for-each-ref", "--format=%(objectname)%00%(worktreepath)", branch])) ?? ""
  ).split("\0");
  if (tip === head) return { state: "Current" };
  if (folder !== "") return { state: "Kept", reason: `Branch "${short}" is checked out in ${folder}` };
  const isForward = tip === "" || tip === last || (await isAncestor(git, tip, head));
  if (!isForward) return { state: "Kept", reason: `Branch "${short}" has commits that the session does not have` };
  // A sandboxed agent may have made the branch a symbolic ref to another branch.
  const update = [
    "update-ref",
    "--no-deref",
    "--create-reflog",
    "-m",
    "clauderon: from the session",
    branch,
    head,
    tip,
  ];
  const { code, stderr } = await git.run(update);
  if (code === 0) return { state: tip === "" ? "Created" : "Updated" };
  const said = cleanText(stderr.trim().replace(/^fatal: /, ""), 1_024);
  return { state: "Kept", reason: `Branch "${short}" cannot be written: ${said}` };
}
