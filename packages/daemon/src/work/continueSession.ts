import { existsSync } from "node:fs";
import { Fault } from "@clauderon/base";
import { continueWork, moveOwnBranch, readWork, sessionRefs } from "@clauderon/git";
import type { SessionRecord } from "../backend.ts";
import type { Continuation } from "../model/continuation.ts";
import type { SessionRepository } from "./sessionRepository.ts";

/** Prepares a session whose place is lost to begin in a new one; see `SessionWork.continue`. */
export async function continueSession(session: SessionRecord, repository: SessionRepository): Promise<Continuation> {
  const { name, uid, spec, commit: begun } = session;
  if (!repository.isThere) {
    throw new Fault("REPOSITORY_UNAVAILABLE", `${spec.repository} is gone, and the work of "${name}" with it`, {
      hint: `Put the repository back, then: clauderon recreate ${name}`,
    });
  }
  const { git, hasOwnRepository } = repository;
  const refs = sessionRefs(name);
  // Making the worktree again replaces what the repository has of the lost one.
  const rescuedRef = hasOwnRepository || repository.hasWorktree ? undefined : await repository.rescueLost();
  const work = await git.resolve(refs.work);
  const head = await git.resolve(hasOwnRepository ? refs.fetched : refs.branch);
  const isBranchFixed = !hasOwnRepository && (await isCheckedOut(repository, refs.branch));
  const continued = await continueWork(git, { session: name, begun, work, head, isBranchFixed });
  const { head: at } = await readWork(git, continued.commit);
  if (!hasOwnRepository && !isBranchFixed && at !== undefined)
    await moveOwnBranch(git, { branch: spec.branch, owner: uid }, at);
  return {
    ...continued,
    rescuedRef: continued.rescuedRef ?? rescuedRef,
    isFetched: work !== undefined || continued.commit !== begun,
  };
}

/** Whether an existing worktree has that branch. The session's own worktree is lost and does not count. */
async function isCheckedOut({ git }: SessionRepository, branch: string): Promise<boolean> {
  const folder = await git.ask(["for-each-ref", "--format=%(worktreepath)", branch]);
  return folder !== undefined && existsSync(folder);
}
