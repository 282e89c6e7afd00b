import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "@clauderon/base";
import {
  captureWork,
  forgetWork,
  Git,
  isAsBegun,
  isCheckout,
  isWorkSafe,
  removeWorktree,
  refuseUnkept,
  repositoriesBeside,
  rescueLost,
  rescueWork,
  sessionRefs,
  worktreeGit,
} from "@clauderon/git";

export interface OrphanWorktree {
  readonly name: string;
  readonly worktree: string;
  /** The repository that the worktree belongs to; undefined if there is no record of it. */
  readonly repository: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Removes the worktree of a session that the registry does not know from its repository, with the session's branch.
 * First keeps work that is nowhere else, and returns its ref. Throws REPOSITORY_UNAVAILABLE for files that are not a
 * worktree of the recorded repository: nobody can say which repository they belong to, and what an agent wrote in them
 * does not count. If the files are gone, keeps what the repository still has of them.
 */
export async function dropOrphan(orphan: OrphanWorktree): Promise<string | undefined> {
  const { name, worktree, repository: folder, environment } = orphan;
  const around = dirname(worktree);
  if (!existsSync(worktree) || readdirSync(worktree).length === 0) {
    await refuseBesides(Git.ofAgent(around, environment));
    if (folder === undefined || !isCheckout(folder)) return undefined;
    return await dropLost(Git.ofUser(folder, environment), name, worktree);
  }
  if (folder === undefined || !existsSync(folder)) {
    throw new Fault(
      "REPOSITORY_UNAVAILABLE",
      `${worktree} contains files, but is not a worktree of your repositories`,
      {
        hint: "Copy the files that you need, then remove the folder by hand",
      },
    );
  }
  const repository = Git.ofUser(folder, environment);
  const inside = await worktreeGit(repository, worktree);
  const rescuedRef = await rescue(repository, inside, name);
  const branch = await inside.ask(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  await forget(repository, { name, worktree, branch });
  return rescuedRef;
}

/** The same for a worktree whose files are gone. */
async function dropLost(repository: Git, name: string, worktree: string): Promise<string | undefined> {
  const { incoming, work, branch } = sessionRefs(name);
  const begun = await repository.resolve(incoming);
  const rescuedRef = await rescueLost(repository, { session: name, path: worktree, begun });
  const last = await repository.resolve(work);
  if (last !== undefined) await refuseUnkept(repository, last);
  await forget(repository, { name, worktree, branch: branch.slice("refs/heads/".length) });
  return rescuedRef;
}

interface Forgotten {
  readonly name: string;
  readonly worktree: string;
  readonly branch: string | undefined;
}

async function forget(repository: Git, { name, worktree, branch }: Forgotten): Promise<void> {
  const owner = await repository.ask(["config", "--local", "--get", `branch.${branch ?? ""}.clauderonsession`]);
  const owned = branch === undefined || owner === undefined ? {} : { branch, owner };
  await removeWorktree(repository, { path: worktree, around: dirname(worktree), ...owned });
  await forgetWork(repository, name);
}

async function rescue(repository: Git, inside: Git, name: string): Promise<string | undefined> {
  const { work: ref, branch, incoming } = sessionRefs(name);
  const around = dirname(inside.folder);
  const { commit: work } = await captureWork(inside, { ref, repositories: "Kept", around });
  const head = await repository.resolve(branch);
  const begun = await repository.resolve(incoming);
  const isSafe =
    (await isWorkSafe(repository, { work, head }, [branch])) ||
    (begun !== undefined && (await isAsBegun(repository, { session: name, work, head }, begun)));
  const rescuedRef = isSafe ? undefined : await rescueWork(repository, { session: name, work, head });
  await refuseUnkept(repository, work);
  return rescuedRef;
}

async function refuseBesides(git: Git): Promise<void> {
  const [first] = await repositoriesBeside(git, git.folder);
  if (first === undefined) return;
  throw new Fault("REPOSITORY_UNAVAILABLE", `${first} is a repository in the folder of a session that is not known`, {
    hint: "Move it out of that folder",
  });
}
