import { Fault, messageOf } from "@clauderon/base";
import { agentRepositories } from "./agentRepositories.ts";
import { checkoutTips } from "./checkoutTips.ts";
import { isBare, isCheckout, isRepository } from "./findRepositories.ts";
import type { Git } from "./git.ts";
import { rawPath } from "./gitPath.ts";
import { gitAt, innerKind, isWithin, realOf, refuseSize } from "./innerPlace.ts";
import { joinedTips } from "./joinedTips.ts";
import { isHost } from "./model/isHost.ts";
import { LENIENT_FETCH } from "./model/leniency.ts";
import { fetchOnDisk, ON_DISK } from "./model/onDisk.ts";
import { type OtherTip, parseWork } from "./model/work.ts";
import { otherTips } from "./otherTips.ts";
import { rawOf, textOf } from "./rawNames.ts";
import { BEGUN } from "./submodules.ts";

/** The work in repositories inside a checkout. */
export interface InnerRepositories {
  /** What was kept of each, as captured work that is now in the checkout's own repository. */
  readonly kept: readonly OtherTip[];
  /** Submodules in the same state as when the session began. */
  readonly modules: readonly OtherTip[];
  /** Repositories whose work cannot be kept, each with the reason. */
  readonly unkept: readonly string[];
}

export interface InnerOptions {
  /** Captures a whole inner repository, or a worktree, to that ref. */
  readonly capture: (
    inner: Git,
    what: { readonly ref: string; readonly scope: "Checkout" | "Repository"; readonly scratch: string },
  ) => Promise<Captured>;
  /** A folder for temporary files. */
  readonly scratch: string;
  /** Folders beside the checkout in which they may lie too. */
  readonly around: readonly string[];
}

interface Captured {
  readonly commit: string;
  readonly unkept: readonly string[];
}

/** The same state always gives the same commit. */
export const EPOCH = { GIT_AUTHOR_DATE: "1970-01-01T00:00:00Z", GIT_COMMITTER_DATE: "1970-01-01T00:00:00Z" };

/** The ref of each capture. It belongs to one worktree, because worktrees share all other refs. */
const REF = "refs/worktree/clauderon/work";
const FETCH = fetchOnDisk(["fetch.fsckObjects=true", ...LENIENT_FETCH]);

/**
 * Keeps the work in repositories, submodules and worktrees in these folders that no host has: commits, stashes and
 * uncommitted changes. The paths are raw, and absolute or relative to the checkout. An agent may have shaped all of them,
 * so git runs none of their programs. What leads out of its folder, such as a git folder elsewhere, is reported and not
 * followed.
 */
export async function keepInner(
  top: Git,
  folders: readonly string[],
  options: InnerOptions,
): Promise<InnerRepositories> {
  const kept: OtherTip[] = [];
  const modules: OtherTip[] = [];
  const unkept: string[] = [];
  const place = rawOf(top.folder);
  const paths = folders.map((path) => (path.startsWith("/") ? path : `${place}/${path}`));
  for (const path of [...new Set(paths)].toSorted()) {
    if (!isRepository(path) && !isBare(path)) continue;
    const name = textOf(isWithin(path, place) ? path.slice(place.length + 1) : path);
    try {
      const one = await keepOne(top, gitAt(top, path, options.scratch), options);
      if (one === undefined) continue;
      (one.isAsBegun ? modules : kept).push({ commit: one.commit, ref: name });
      unkept.push(...one.unkept);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      unkept.push(`"${name}" is a separate repository, and its work cannot be saved: ${messageOf(thrown)}`);
    }
  }
  return { kept, modules, unkept };
}

/** The raw paths of the other worktrees of a repository. */
export async function otherWorktrees(top: Git): Promise<readonly string[]> {
  const own = await rawPath(top, ["--show-toplevel"]);
  const lines = await top.names(["worktree", "list", "--porcelain", "-z"]);
  const paths = lines.flatMap((line) => (line.startsWith("worktree ") ? [line.slice("worktree ".length)] : []));
  const others = paths.filter((path) => path !== own);
  return others.map((path) => (isWithin(path, own) ? path.slice(own.length + 1) : path));
}

/** The raw paths of repositories and worktrees in a folder around a checkout that may hold work, but for that checkout. */
export async function repositoriesAround(top: Git, around: string): Promise<readonly string[]> {
  const [place, checkout] = [realOf(rawOf(around)), realOf(rawOf(top.folder))];
  const worktrees = (await otherWorktrees(top)).filter((path) => isWithin(path, place));
  return [...worktrees, ...(await agentRepositories(top, around, { except: checkout, where: "Around" }))];
}

/** The paths of those in a folder whose checkout is gone. `git` may be in a repository that is gone too. */
export async function repositoriesBeside(git: Git, folder: string): Promise<readonly string[]> {
  const paths = isCheckout(git.folder)
    ? await repositoriesAround(git, folder)
    : await agentRepositories(git, folder, { where: "Around" });
  return [...new Set(paths)].filter((path) => isRepository(path) || isBare(path)).map(textOf);
}

/** The capture of a repository's work; undefined if all of it is elsewhere too. */
async function keepOne(
  top: Git,
  inner: Git,
  { capture, scratch, around }: InnerOptions,
): Promise<(Captured & { readonly isAsBegun: boolean }) | undefined> {
  const kind = await innerKind(top, inner, around);
  if (kind === "None") return undefined;
  if (kind === "Bare") {
    await refuseSize(inner);
    const commit = await captureBare(inner);
    await top.read([...FETCH, inner.folder, REF], { environment: ON_DISK });
    return { commit, unkept: [], isAsBegun: false };
  }
  const isShared = kind === "Worktree";
  const captured = await capture(inner, { ref: REF, scope: isShared ? "Checkout" : "Repository", scratch });
  const { commit, unkept } = captured;
  const isAsBegun = unkept.length === 0 && (await inner.resolve(BEGUN)) === commit;
  // The checkout's repository has the commit, because it was sent there.
  if (isAsBegun && (await top.resolve(`${commit}^{commit}`)) === commit) return { ...captured, isAsBegun };
  if (unkept.length === 0 && (await isElsewhere(inner, commit, isShared))) return undefined;
  if (!isShared) {
    await refuseSize(inner);
    await top.read([...FETCH, inner.folder, REF], { environment: ON_DISK });
  }
  return { ...captured, isAsBegun: false };
}

/** Whether nothing is uncommitted, and each commit is on a branch of the checkout's repository or on a host. */
async function isElsewhere(inner: Git, commit: string, isShared: boolean): Promise<boolean> {
  const [parents = "", ...message] = (await inner.read(["show", "--no-patch", "--format=%P%n%B", commit])).split("\n");
  const { head, index } = parseWork(message.join("\n")) ?? {};
  const trees = await inner.lines(["rev-parse", ...[head, index, commit].map((one) => `${one ?? commit}^{tree}`)]);
  if (new Set(trees).size !== 1) return false;
  const commits = parents.split(" ").filter((parent) => parent !== index);
  if (commits.length === 0) return (await inner.read(["ls-tree", "--name-only", commit])) === "";
  if (!isShared && !(await hasHost(inner))) return false;
  const known = isShared ? ["--branches", "--tags", "--remotes"] : ["--remotes"];
  return (await inner.read(["rev-list", "--max-count=1", ...commits, "--not", ...known])) === "";
}

/** All commits of a repository without files. */
async function captureBare(inner: Git): Promise<string> {
  const head = await inner.resolve("HEAD^{commit}");
  const others = [...(await checkoutTips(inner, head)), ...(await otherTips(inner, head))];
  const commit = await joinedTips(inner, { head, others, times: EPOCH });
  await inner.read(["update-ref", REF, commit]);
  return commit;
}

/** Whether its remotes are on other machines, judged by their addresses. */
async function hasHost(inner: Git): Promise<boolean> {
  const urls = await inner.ask(["config", "--local", "--get-regexp", "^remote\\..*\\.url$"]);
  const addresses = (urls ?? "").split("\n").map((line) => line.slice(line.indexOf(" ") + 1));
  return addresses.every(isHost);
}
