import { existsSync, realpathSync } from "node:fs";
import { Git } from "@clauderon/git/git";
import type { SessionSpec } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";

/**
 * The checkout that a session's work is merged into: the current one, when that is a worktree of the same repository
 * and not the session's own; else the one that the session was created from.
 */
export async function mergeTarget({ repository, branch }: SessionSpec, context: CommandContext): Promise<string> {
  const here = await checkoutAt(context.config.workingDirectory, context);
  const isOther = here === undefined || here.branch === `refs/heads/${branch}`;
  if (isOther || here.gitFolder !== (await checkoutAt(repository, context))?.gitFolder) return repository;
  return here.top;
}

interface Checkout {
  readonly top: string;
  /** The git folder that all worktrees of a repository share, with links resolved. */
  readonly gitFolder: string;
  /** As a ref; undefined when HEAD is detached. */
  readonly branch: string | undefined;
}

async function checkoutAt(folder: string, context: CommandContext): Promise<Checkout | undefined> {
  const git = Git.asTyped(folder, context.config.environment);
  const top = await git.ask(["rev-parse", "--show-toplevel"]);
  const common = await git.ask(["rev-parse", "--path-format=absolute", "--git-common-dir"]);
  // A path whose bytes are not UTF-8 cannot belong to a session: create refuses it.
  if (top === undefined || common === undefined || !existsSync(common)) return undefined;
  return { top, gitFolder: realpathSync(common), branch: await git.ask(["symbolic-ref", "--quiet", "HEAD"]) };
}
