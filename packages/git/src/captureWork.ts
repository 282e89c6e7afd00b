import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "@clauderon/base";
import { cleanText } from "@clauderon/base";
import { agentRepositories } from "./agentRepositories.ts";
import { caseRule } from "./caseRule.ts";
import { checkoutTips } from "./checkoutTips.ts";
import { operationInProgress, refuseConflicts } from "./checkoutState.ts";
import { onDisk } from "./diskFault.ts";
import type { Git } from "./git.ts";
import {
  EPOCH,
  type InnerOptions,
  type InnerRepositories,
  keepInner,
  otherWorktrees,
  repositoriesAround,
} from "./innerRepositories.ts";
import { CARRIER } from "./model/carrier.ts";
import { formatWork, innerNotice, type OtherTip, type Work } from "./model/work.ts";
import { otherTips } from "./otherTips.ts";
import { rawOf, textOf } from "./rawNames.ts";
import { scratchPrefix } from "./scratchFolder.ts";
import { begunModules, takeModules } from "./submodules.ts";
import { addWorkTree, copyIndex, gitlinks, lookAtAll, type ScratchIndex } from "./scratchIndex.ts";

export interface CaptureOptions {
  /** The ref that keeps the work from garbage collection, such as `refs/clauderon/work/<session>`. */
  readonly ref: string;
  /** Ignored files to capture too, as git pathspecs. */
  readonly include?: readonly string[];
  /**
   * `Repository` also captures other local branches and stashes, for a repository that will be deleted with its session.
   */
  readonly scope?: "Checkout" | "Repository";
  /**
   * `Kept` also captures what repositories, submodules and worktrees inside the checkout hold and no host has, for a
   * checkout that will be deleted. The same state of one of them always gives the same commit. `Sent` captures the
   * content of submodules in a user's checkout. Submodules that were sent like this are always captured.
   */
  readonly repositories?: "Kept" | "Named" | "Sent";
  /**
   * A folder around the checkout that will be deleted with it. `Kept` also captures repositories and worktrees in that
   * folder, except clones of programs that have nothing of their own.
   */
  readonly around?: string;
  /** Variables with the times of the commits (default: now). */
  readonly times?: Readonly<Record<string, string>>;
  /** A folder for temporary files (default: one beside the repository's objects). */
  readonly scratch?: string;
}

export interface CapturedWork extends Work {
  /** The commit that holds everything. */
  readonly commit: string;
  /** What was not captured. Each is a sentence for people. */
  readonly notices: readonly string[];
  /** What `repositories` asked for but could not be kept. Each is a sentence for people. */
  readonly unkept: readonly string[];
}

/** The names of files may come from an agent, so they have a limit. */
const MAX_NOTICE = 1_024;

/** An agent may write a file while it is being read. */
const MAX_TRIES = 3;

/**
 * Captures the state of a checkout, uncommitted work included: staged, unstaged and untracked files, with modes,
 * symlinks and names as git knows them. Does not touch the checkout, its index or its branches: works in a separate
 * index, and writes only objects and the one ref.
 *
 * The commit's tree is the work tree. Its first parent is HEAD, if there is one; its last parent is the index, as a
 * commit; between them are the other commits of the scope. Files are as git would commit them: with normalized line
 * endings and after the user's filters, so that LFS pointers stay pointers. Files that git ignores changes of
 * (skip-worktree, assume-unchanged) are as in the index, except for those that exist in an agent's tree, because nobody
 * else has them.
 *
 * Not captured: ignored files that are not included, the content of submodules, other repositories inside the checkout,
 * and a merge or rebase in progress. The notices report all of these except ignored files. Throws REPOSITORY_UNAVAILABLE
 * while a merge has conflicts, which a tree cannot represent.
 */
export async function captureWork(git: Git, options: CaptureOptions): Promise<CapturedWork> {
  // If the path is not UTF-8, only the caller's name for it can be used.
  const isTop = (await git.read(["rev-parse", "--show-cdup"])) === "";
  const top = isTop ? git : git.in(await git.read(["rev-parse", "--show-toplevel"]));
  await refuseConflicts(top);
  for (let tries = 1; tries < MAX_TRIES; tries += 1) {
    try {
      return await onDisk(top.folder, () => capture(top, options));
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
    }
  }
  return await onDisk(top.folder, () => capture(top, options));
}

async function capture(top: Git, options: CaptureOptions): Promise<CapturedWork> {
  const head = await top.resolve("HEAD^{commit}");
  const branch = await top.ask(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  const tips = await tipsOf(top, head, options.scope);
  const prefix =
    options.scratch === undefined ? await scratchPrefix(top, options.ref) : join(options.scratch, "inner-");
  const scratch = await mkdtemp(prefix);
  try {
    const index: ScratchIndex = {
      git: top,
      cases: await caseRule(top),
      environment: { ...CARRIER, ...options.times, GIT_INDEX_FILE: join(scratch, "index") },
    };
    const commit = async (tree: string, parents: readonly (string | undefined)[], text: string) => {
      const given = [...new Set(parents)].flatMap((parent) => (parent === undefined ? [] : ["-p", parent]));
      return await top.read(["commit-tree", ...given, tree], { environment: index.environment, stdin: text });
    };
    const { staged, tree, modules, strangers, special, isUnfiltered } = await treesOf(index, options.include ?? []);
    const inner = await innerOf(top, { modules, strangers }, { ...options, scratch });
    const others = [...tips, ...inner.kept];
    const unkept = inner.unkept.map((text) => cleanText(text.replaceAll("\n", " "), MAX_NOTICE));
    const work: Work = { head, branch, index: await commit(staged, [head], "index\n") };
    const kept = [...others, ...inner.modules].map(({ commit: tip }) => tip);
    const message = formatWork(work, { others, modules: inner.modules, unkept });
    const whole = await commit(tree, [head, ...kept, work.index], message);
    await top.read(["update-ref", "--create-reflog", "-m", "clauderon: captured", options.ref, whole]);
    const operation = await operationInProgress(top);
    const notices = [
      ...special.map((name) => `"${textOf(name)}" is a named pipe, a socket or a device and is not copied`),
      ...notKept(options.repositories === "Sent" ? [] : modules, inner).map(
        (path) => `The content of submodule "${path}" is not copied`,
      ),
      ...notKept(strangers, inner).map((path) => `"${path}" is a separate repository and is not copied`),
      ...inner.kept.map(({ ref }) => innerNotice(ref)),
      ...inner.notices,
      ...unkept,
      ...(isUnfiltered ? [UNFILTERED] : []),
      ...(operation === undefined ? [] : [`The ${operation} in progress is not copied`]),
    ];
    return { ...work, commit: whole, unkept, notices: notices.map((notice) => cleanText(notice, MAX_NOTICE)) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const UNFILTERED =
  "A filter of your git configuration failed, so files are kept without it. It runs in /: give its program by name or absolute path";
const NOTHING = { kept: [], modules: [], unkept: [], notices: [] };

/** Captures a whole repository inside a checkout. */
export const captureInner: InnerOptions["capture"] = (inner, what) =>
  captureWork(inner, { ...what, repositories: "Kept", times: EPOCH });

const captureModule = (inner: Git, ref: string) => captureWork(inner, { ref, repositories: "Sent", times: EPOCH });

/** Commits that are on no branch of the checkout and will be deleted with it. */
async function tipsOf(
  top: Git,
  head: string | undefined,
  scope: CaptureOptions["scope"],
): Promise<readonly OtherTip[]> {
  const own = top.isInTreeOfAgent ? await checkoutTips(top, head) : [];
  return scope === "Repository" ? [...own, ...(await otherTips(top, head))] : own;
}

/** Raw paths of folders in the checkout. */
interface FoundInside {
  readonly modules: readonly string[];
  /** Untracked repositories. */
  readonly strangers: readonly string[];
}

/** The work in repositories inside the checkout and around it. */
async function innerOf(
  top: Git,
  { modules, strangers }: FoundInside,
  { repositories, scope, around, scratch }: CaptureOptions & { readonly scratch: string },
): Promise<InnerRepositories & { readonly notices: readonly string[] }> {
  if (repositories === "Sent") return { ...NOTHING, ...(await takeModules(top, modules.map(textOf), captureModule)) };
  const options = { capture: captureInner, scratch, around: around === undefined ? [] : [around] };
  const trees = scope === "Repository" ? await otherWorktrees(top) : [];
  if (repositories !== "Kept") {
    const begun = await begunModules(top, modules.map(textOf));
    return { ...NOTHING, ...(await keepInner(top, begun.map(rawOf), options)) };
  }
  const found = await agentRepositories(top, top.folder, { where: "Checkout" });
  const beside = around === undefined ? [] : await repositoriesAround(top, around);
  return { ...NOTHING, ...(await keepInner(top, [...modules, ...strangers, ...trees, ...found, ...beside], options)) };
}

/** Those of these raw paths that are not kept, as text. */
const notKept = (paths: readonly string[], { kept, modules }: InnerRepositories) =>
  paths.map(textOf).filter((path) => ![...kept, ...modules].some(({ ref }) => ref === path));

/** The index and the work tree, as trees. */
async function treesOf(index: ScratchIndex, include: readonly string[]) {
  const writeTree = () => index.git.read(["write-tree"], { environment: index.environment });
  await copyIndex(index);
  const staged = await writeTree();
  const modules = await gitlinks(index);
  if (index.git.isInTreeOfAgent) await lookAtAll(index);
  const added = await addWorkTree(index, include);
  return { staged, tree: await writeTree(), modules, ...added };
}
