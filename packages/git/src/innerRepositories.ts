import { lstatSync, realpathSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { Fault, messageOf } from "@clauderon/base";
import type { Git } from "./git.ts";
import { LENIENT_FETCH } from "./model/leniency.ts";
import { fetchOnDisk, ON_DISK } from "./model/onDisk.ts";
import { type OtherTip, parseWork } from "./model/work.ts";
import { textOf } from "./rawNames.ts";
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

/** Captures a whole inner repository, or a worktree, to that ref. */
export type Capture = (
  inner: Git,
  what: { readonly ref: string; readonly scope: "Checkout" | "Repository" },
) => Promise<Captured>;

interface Captured {
  readonly commit: string;
  readonly unkept: readonly string[];
}

/** Stands for bytes that are not UTF-8. No program can be started in such a folder. */
const NO_TEXT = "\uFFFD";
/** A larger repository is not an agent's side project, and would be sent with each fetch. */
const MAX_KIB = 524_288;
/** The ref of each capture. It belongs to one worktree, because worktrees share all other refs. */
const REF = "refs/worktree/clauderon/work";
const FETCH = fetchOnDisk(["fetch.fsckObjects=true", ...LENIENT_FETCH]);

/**
 * Keeps the work in repositories, submodules and worktrees in these folders that no host has: commits, stashes and
 * uncommitted changes. An agent may have shaped all of them, so git runs none of their programs. What leads out of its
 * folder, such as a git folder elsewhere, is reported and not followed.
 */
export async function keepInner(top: Git, folders: readonly string[], capture: Capture): Promise<InnerRepositories> {
  const kept: OtherTip[] = [];
  const modules: OtherTip[] = [];
  const unkept: string[] = [];
  for (const path of folders) {
    if (path.includes(NO_TEXT)) {
      unkept.push(`"${path}" is a separate repository, and its work cannot be saved: its path is not UTF-8`);
      continue;
    }
    const folder = resolve(top.folder, path);
    if (lstatSync(join(folder, ".git"), { throwIfNoEntry: false }) === undefined) continue;
    try {
      const one = await keepOne(top, top.inTreeOfAgent(folder), capture);
      if (one === undefined) continue;
      (one.isAsBegun ? modules : kept).push({ commit: one.commit, ref: path });
      unkept.push(...one.unkept);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      unkept.push(`"${path}" is a separate repository, and its work cannot be saved: ${messageOf(thrown)}`);
    }
  }
  return { kept, modules, unkept };
}

/** The other worktrees of a repository. Those inside the checkout are relative paths. */
export async function otherWorktrees(top: Git): Promise<readonly string[]> {
  const lines = await top.names(["worktree", "list", "--porcelain", "-z"]);
  const paths = lines.flatMap((line) => (line.startsWith("worktree ") ? [textOf(line.slice("worktree ".length))] : []));
  const others = paths.filter((path) => path !== top.folder);
  return others.map((path) => (isWithin(path, top.folder) ? relative(top.folder, path) : path));
}

/** The capture of a repository's work; undefined if all of it is elsewhere too. */
async function keepOne(
  top: Git,
  inner: Git,
  capture: Capture,
): Promise<(Captured & { readonly isAsBegun: boolean }) | undefined> {
  const isShared = await refuseDetour(top, inner);
  const captured = await capture(inner, { ref: REF, scope: isShared ? "Checkout" : "Repository" });
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

/** Whether it is a worktree of the checkout's repository. Throws a Fault if its git folder or its files are elsewhere. */
async function refuseDetour(top: Git, inner: Git): Promise<boolean> {
  const outer = await placesOf(top);
  const places = await placesOf(inner);
  const folder = realpathSync(inner.folder);
  const isShared =
    places.common === outer.common && places.dir !== outer.dir && isWithin(places.dir, join(outer.common, "worktrees"));
  const homes = [join(folder, ".git"), join(outer.dir, "modules"), join(outer.common, "modules")];
  const isInside = isWithin(folder, outer.files);
  const isOwn = isInside && places.common === places.dir && homes.some((home) => isWithin(places.dir, home));
  if (places.files === folder && (isShared || (isOwn && hasOwnObjects(places.dir)))) return isShared;
  throw new Fault("REPOSITORY_UNAVAILABLE", "its files or its git folder are outside of it");
}

/** The folders of its files, of its git folder, and of what all its worktrees share. */
async function placesOf(git: Git): Promise<Readonly<Record<"files" | "dir" | "common", string>>> {
  const asked = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-dir", "--git-common-dir"];
  const [files = "", dir = "", common = ""] = (await git.read(asked)).split("\n").map((path) => realpathSync(path));
  return { files, dir, common };
}

const isWithin = (path: string, folder: string) => path === folder || path.startsWith(folder + sep);

function hasOwnObjects(dir: string): boolean {
  const kindOf = (path: string) => lstatSync(join(dir, path), { throwIfNoEntry: false });
  return kindOf("objects")?.isDirectory() === true && kindOf("objects/info/alternates") === undefined;
}

async function refuseSize(inner: Git): Promise<void> {
  const counted = await inner.read(["count-objects", "-v"]);
  const kib = [...counted.matchAll(/^size(?:-pack)?: (\d+)$/gm)].reduce((sum, [, size]) => sum + Number(size), 0);
  if (kib > MAX_KIB) throw new Fault("REPOSITORY_UNAVAILABLE", `it has more than ${MAX_KIB / 1_024} MiB`);
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

/** Whether its remotes are on other machines, judged by their addresses. */
async function hasHost(inner: Git): Promise<boolean> {
  const urls = await inner.ask(["config", "--local", "--get-regexp", "^remote\\..*\\.url$"]);
  const addresses = (urls ?? "").split("\n").map((line) => line.slice(line.indexOf(" ") + 1));
  return addresses.every((address) => /^(https?|ssh|git):\/\/|^[^/]+@?[^/]*:[^/]/.test(address));
}
