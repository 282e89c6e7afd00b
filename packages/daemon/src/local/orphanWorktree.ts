import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "@clauderon/base";
import {
  captureWork,
  forgetWork,
  Git,
  isAsBegun,
  isWorkSafe,
  removeWorktree,
  refuseUnkept,
  rescueWork,
  sessionRefs,
} from "@clauderon/git";

export interface OrphanWorktree {
  readonly name: string;
  readonly worktree: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Removes the worktree of a session that no registry knows from the repository it belongs to, with the session's branch; all
 * of that is told by git alone. Work that is nowhere else is kept there first, and its ref told. REPOSITORY_UNAVAILABLE for
 * files that are no worktree any more: nobody can say whose they are.
 */
export async function dropOrphan({ name, worktree, environment }: OrphanWorktree): Promise<string | undefined> {
  if (!existsSync(worktree) || readdirSync(worktree).length === 0) return undefined;
  const inside = Git.ofAgent(worktree, environment);
  const top = await inside.ask(["rev-parse", "--path-format=absolute", "--show-toplevel"]);
  const common = await inside.ask(["rev-parse", "--path-format=absolute", "--git-common-dir"]);
  // A repository within the folder goes with it: work that is rescued into it would be lost.
  if (top !== worktree || common === undefined || isWithin(common, dirname(worktree))) {
    throw new Fault("REPOSITORY_UNAVAILABLE", `${worktree} belongs to no repository of yours and has files`, {
      hint: "Copy the files that you need, then remove the folder by hand",
    });
  }
  const repository = Git.ofUser(common, environment);
  const rescuedRef = await rescue(repository, inside, name);
  const branch = await inside.ask(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  const owner = await repository.ask(["config", "--local", "--get", `branch.${branch ?? ""}.clauderonsession`]);
  const place = { path: worktree, ...(branch === undefined || owner === undefined ? {} : { branch, owner }) };
  await removeWorktree(repository, place);
  await forgetWork(repository, name);
  return rescuedRef;
}

function isWithin(path: string, folder: string): boolean {
  return `${realpathSync(path)}/`.startsWith(`${realpathSync(folder)}/`);
}

async function rescue(repository: Git, inside: Git, name: string): Promise<string | undefined> {
  const { work: ref, branch, incoming } = sessionRefs(name);
  const { commit: work } = await captureWork(inside, { ref, repositories: "Kept" });
  const head = await repository.resolve(branch);
  const begun = await repository.resolve(incoming);
  const isSafe =
    (await isWorkSafe(repository, { work, head }, [branch])) ||
    (begun !== undefined && (await isAsBegun(repository, { session: name, work, head }, begun)));
  const rescuedRef = isSafe ? undefined : await rescueWork(repository, { session: name, work, head });
  await refuseUnkept(repository, work);
  return rescuedRef;
}
