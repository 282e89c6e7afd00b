import { cleanText } from "@clauderon/base";
import type { Git } from "./git.ts";
import { isAncestor } from "./isAncestor.ts";
import { sessionRefs } from "./model/sessionRefs.ts";

/**
 * What became of the user's branch for a session's work. `Kept` was not touched, and the reason is a sentence for people;
 * the work is at the ref of what was fetched all the same.
 */
export type BranchOutcome =
  | { readonly state: "Created" | "Updated" | "Current" | "Gone" }
  | { readonly state: "Kept"; readonly reason: string };

export interface BranchMove {
  /** The tip of the session's branch; undefined when it has none any more. */
  readonly head: string | undefined;
  /** What was fetched the time before. */
  readonly last: string | undefined;
}

/**
 * Takes the user's branch of a session's name to what the session has: a new one, a fast-forward, or in place of what was
 * fetched the time before, when the session has rewritten it. One that is checked out, or that the user has moved, is kept.
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
  // A sandboxed agent may have made the branch a link to another.
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
