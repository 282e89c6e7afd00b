import type { Git } from "@clauderon/git";
import type { Finished } from "@clauderon/process";
import { GIT_IDENTITY } from "../model/environment.ts";
import { transfer, type TransferOptions } from "./transfer.ts";

/** Set while we move a checkout, so that the next run can distinguish our half-written files from an agent's changes. */
const MOVING = "refs/clauderon/moving";
/** Commits that upstream no longer has, but the checkout had. */
const KEPT = "refs/clauderon/kept";
/** The upstream commit that we last put the checkout on. Upstream had it then, even if it has been rewritten since. */
const BASE = "refs/clauderon/base";

/** What the Repository's ref is on the git host. */
export type Upstream =
  | { readonly branch: string; readonly commit: string }
  | { readonly branch: undefined; readonly commit: string };

/** The git command that failed, for the caller's message; `undefined` for a ref that the git host does not have. */
export type NotMoved = { readonly verb: string; readonly finished: Finished } | undefined;

/** Why the checkout is the agent's to keep: it holds work that upstream never had. Undefined if it holds none. */
export async function ownWork(git: Git): Promise<string | undefined> {
  if ((await git.resolve(MOVING)) !== undefined) return undefined;
  // If git fails, the checkout counts as the agent's and is not moved.
  const saysNothing = async (args: readonly string[]) => {
    const { code, stdout } = await git.run(args);
    return code === 0 && stdout.length === 0;
  };
  if (!(await saysNothing(["status", "--porcelain"]))) return "it has changes that are not committed";
  // `git status` does not show changes of these files, and `git checkout` refuses to overwrite them.
  const flags = await git.run(["ls-files", "-v", "-z"]);
  if (flags.code !== 0 || /(^|\0)[a-zS] /.test(flags.stdout.toString("latin1"))) {
    return "its index hides changes of files";
  }
  const base = (await git.resolve(BASE)) === undefined ? [] : [BASE];
  if (!(await saysNothing(["rev-list", "-1", "HEAD", "--branches", "--not", "--remotes", ...base]))) {
    return "it has commits that are not pushed";
  }
  const stash = await git.resolve("refs/stash");
  return stash === undefined ? undefined : "it has stashed changes";
}

async function defaultBranch(git: Git): Promise<string | undefined> {
  const remote = await git.ask(["symbolic-ref", "--short", "refs/remotes/origin/HEAD"]);
  return remote?.replace(/^origin\//, "");
}

/**
 * Finds what `ref` is on the git host; without a ref, the remote's default branch. Call it after a fetch of all branches:
 * it fetches again only a tag, or a branch that has moved since.
 */
export async function findUpstream(
  git: Git,
  ref: string | undefined,
  options: TransferOptions,
): Promise<Upstream | NotMoved> {
  if (ref === undefined) await transfer(git, ["remote", "set-head", "origin", "--auto"], options);
  const name = ref ?? (await defaultBranch(git));
  if (name === undefined) return undefined;
  const [branch, tag] = [`refs/heads/${name}`, `refs/tags/${name}`];
  const listed = await transfer(git, ["ls-remote", "origin", branch, tag], options);
  if (listed.code !== 0) return { verb: "ls-remote", finished: listed };
  const lines = listed.stdout.toString().split("\n");
  const line = [branch, tag].flatMap((source) => lines.find((one) => one.endsWith(`\t${source}`)) ?? []).at(0);
  if (line === undefined) return undefined;
  const [tip, source] = line.split("\t");
  const target = source === branch ? `refs/remotes/origin/${name}` : "refs/clauderon/upstream";
  if (source === tag || (await git.resolve(target)) !== tip) {
    const fetched = await transfer(git, ["fetch", "--no-tags", "origin", `+${source}:${target}`], options);
    if (fetched.code !== 0) return { verb: "fetch", finished: fetched };
  }
  const commit = await git.resolve(`${target}^{commit}`);
  return commit === undefined ? undefined : { branch: source === branch ? name : undefined, commit };
}

/**
 * Moves the checkout to the upstream commit. Commits that would lose their last ref go to `refs/clauderon/kept`. Returns
 * those refs, or the git command that failed. Assumes that {@link ownWork} found nothing.
 */
export async function moveTo(git: Git, upstream: Upstream): Promise<readonly string[] | NonNullable<NotMoved>> {
  const { branch, commit } = upstream;
  const wasMoving = (await git.resolve(MOVING)) !== undefined;
  const kept = await tipsToKeep(git, upstream, wasMoving);
  const names = [...kept].map((old) => [`${KEPT}/${old}`, old] as const);
  for (const [name, old] of [...names, [MOVING, commit] as const]) {
    const saved = await git.run(["update-ref", name, old]);
    if (saved.code !== 0) return { verb: "update-ref", finished: saved };
  }
  const where = branch === undefined ? ["--detach", commit] : ["-B", branch, `refs/remotes/origin/${branch}`];
  const force = wasMoving ? ["--force"] : [];
  const moved = await git.run(["checkout", "--quiet", ...force, ...where, "--"]);
  if (moved.code === 0) await markBase(git);
  // If git refused, no file has changed. If git was killed, the next run finishes the move.
  await git.run(["update-ref", "-d", MOVING]);
  return moved.code === 0 ? names.map(([name]) => name) : { verb: "checkout", finished: moved };
}

/** Records that upstream has the checked-out commit, so that it never counts as an agent's. */
export async function markBase(git: Git): Promise<void> {
  await git.run(["update-ref", BASE, "HEAD"]);
}

async function tipsToKeep(git: Git, { branch, commit }: Upstream, wasMoving: boolean): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const tip of ["HEAD", ...(branch === undefined ? [] : [`refs/heads/${branch}`])]) {
    const old = await git.resolve(tip);
    if (old === undefined) continue;
    if ((await git.run(["merge-base", "--is-ancestor", old, commit])).code !== 0) kept.add(old);
  }
  // Our half-written files are about to be overwritten.
  const changes = wasMoving ? await git.ask(["stash", "create"], { environment: GIT_IDENTITY }) : undefined;
  return changes === undefined ? kept : kept.add(changes);
}
