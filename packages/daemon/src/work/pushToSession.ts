import { pushWork } from "@clauderon/git";
import { INCOMING_REF, type Pushed } from "@clauderon/protocol";
import type { SessionRepository } from "./sessionRepository.ts";

/**
 * Sends the commit that the user's checkout is at. A worktree with nothing uncommitted, and no commits that the user lacks,
 * is taken there; everything else is left as it is, since an agent may be at work in it.
 */
export async function pushToSession(repository: SessionRepository, name: string): Promise<Pushed> {
  const commit = await repository.git.read(["rev-parse", "--verify", "HEAD^{commit}"]);
  if (repository.isElsewhere) {
    await pushWork(repository.git, repository.remote(), { commit, ref: INCOMING_REF });
    const notice = `The session has it as ${INCOMING_REF}; its agent can take it: clauderon send ${name} "Run git merge ${INCOMING_REF}"`;
    return { commit, ref: INCOMING_REF, forwarded: false, notices: [notice] };
  }
  const { worktree } = repository;
  const status = await worktree.read(["status", "--porcelain", "--ignore-submodules=dirty"]);
  const reason = status === "" ? await forward() : "The session has work that is not committed";
  const advice = `; its agent can take it: clauderon send ${name} "Run git merge ${commit.slice(0, 12)}"`;
  return { commit, ref: commit, forwarded: reason === "", notices: reason === "" ? [] : [`${reason}${advice}`] };

  async function forward(): Promise<string> {
    const { code } = await worktree.run(["merge", "--quiet", "--ff-only", commit]);
    return code === 0 ? "" : "The session has commits that you do not have";
  }
}
