import { forwardCheckout, pushWork } from "@clauderon/git";
import { type Forwarding, INCOMING_REF, type Pushed } from "@clauderon/protocol";
import type { PushContext } from "../sessionWork.ts";
import type { SessionRepository } from "./sessionRepository.ts";

/** Why `clauderon push` did not move the session, as a text for people. */
const REASONS: Readonly<Record<Exclude<Forwarding, "Forwarded" | "Ahead">, string>> = {
  Uncommitted: "The session has work that is not committed",
  OffBranch: "The session is not on its own branch",
  Diverged: "The session has commits that you do not have",
  InTheWay: "Files that the session ignores are in the way, or git is running there",
};

/**
 * Sends the HEAD commit of the user's checkout. Moves the session to it if the session has nothing uncommitted and no
 * commits that the user's checkout does not have. Otherwise leaves the session alone, because an agent may be working in
 * it.
 */
export async function pushToSession(
  repository: SessionRepository,
  name: string,
  { link, signal, progress }: PushContext,
): Promise<Pushed> {
  const commit = await repository.git.read(["rev-parse", "--verify", "HEAD^{commit}"]);
  const { hasOwnRepository, branch } = repository;
  if (hasOwnRepository) await pushWork(repository.git, repository.remote(progress), { commit, ref: INCOMING_REF });
  const forwarding = hasOwnRepository
    ? (await link.connection.ask({ type: "forward", commit }, signal)).forwarding
    : await forwardCheckout(await repository.worktree(), branch, commit);
  return {
    commit,
    ref: hasOwnRepository ? INCOMING_REF : commit,
    forwarded: forwarding === "Forwarded",
    notices: noticesOf(forwarding, name, commit.slice(0, 12)),
  };
}

function noticesOf(forwarding: Forwarding | undefined, name: string, commit: string): string[] {
  if (forwarding === "Forwarded") return [];
  if (forwarding === "Ahead") return ["The session already has that commit, and its own commits after it"];
  const advice = `its agent can take it: clauderon send ${name} "Run git merge ${commit}"`;
  return [`${REASONS[forwarding ?? "InTheWay"]}; ${advice}`];
}
