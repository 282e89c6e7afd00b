import type { Git } from "./git.ts";
import { type SessionRemote, transfer, urlOf } from "./sessionRemote.ts";

/** Nothing goes along that was not asked for, and nobody is asked. */
const PUSH = ["push", "--progress", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"];

/** Sends a commit, with all that the session's repository lacks of it, to a ref there. Repeated, it is sent once. */
export async function pushWork(
  git: Git,
  remote: SessionRemote,
  { commit, ref }: { commit: string; ref: string },
): Promise<void> {
  await transfer(git, remote, [...PUSH, urlOf(remote), `+${commit}:${ref}`]);
}
