import type { Git } from "./git.ts";
import { type SessionRemote, transfer, urlOf } from "./sessionRemote.ts";

/** Pushes only what was asked for, and asks nobody. */
const PUSH = ["push", "--progress", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"];

/**
 * Sends a commit, with everything that the session's repository does not have, to a ref there. Repeating it sends
 * nothing again.
 */
export async function pushWork(
  git: Git,
  remote: SessionRemote,
  { commit, ref }: { commit: string; ref: string },
): Promise<void> {
  await transfer(git, remote, [...PUSH, urlOf(remote), `+${commit}:${ref}`]);
}
