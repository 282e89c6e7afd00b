import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "@clauderon/base";
import { cleanText } from "@clauderon/base";
import { caseRule } from "./caseRule.ts";
import { operationInProgress, refuseConflicts } from "./checkoutState.ts";
import type { Git } from "./git.ts";
import { ignoredRepositories } from "./ignoredRepositories.ts";
import { type Capture, type InnerRepositories, keepInner, otherWorktrees } from "./innerRepositories.ts";
import { CARRIER } from "./model/carrier.ts";
import { formatWork, innerNotice, type Work } from "./model/work.ts";
import { otherTips } from "./otherTips.ts";
import { scratchPrefix } from "./scratchFolder.ts";
import { begunModules, takeModules } from "./submodules.ts";
import { addWorkTree, copyIndex, gitlinks, lookAtAll, type ScratchIndex } from "./scratchIndex.ts";

export interface CaptureOptions {
  /** The ref that keeps the work from being collected as garbage, such as `refs/clauderon/work/<session>`. */
  readonly ref: string;
  /** Ignored files that shall come along, as git pathspecs. */
  readonly include?: readonly string[];
  /** `Repository` keeps what other local branches and stashes hold too, for a repository that will go with its session. */
  readonly scope?: "Checkout" | "Repository";
  /**
   * `Kept` also keeps what repositories, submodules and worktrees inside the checkout hold and no host has, for a checkout
   * that will go. The same state of such a one gives the same commit. `Sent` takes the content of submodules along, from a
   * checkout of the user's. Submodules whose content came so are kept always.
   */
  readonly repositories?: "Kept" | "Named" | "Sent";
  /** Variables that say when the commits were made; now when left out. */
  readonly times?: Readonly<Record<string, string>>;
}

export interface CapturedWork extends Work {
  /** The commit that holds it all. */
  readonly commit: string;
  /** What could not come along, each a sentence for people. */
  readonly notices: readonly string[];
  /** What of the repositories inside could not be kept although that was asked for, each a sentence for people. */
  readonly unkept: readonly string[];
}

/** Names of files may be of an agent's making. */
const MAX_NOTICE = 1_024;

/** An agent may write a file in the moment that it is read. */
const MAX_TRIES = 3;

/**
 * Keeps the state of a checkout as it is, uncommitted work too: what is staged, what is not, what is untracked; modes,
 * symlinks and names as git knows them. The checkout itself, its index and its branches are not touched: all is done in an
 * index of our own, and what is written are objects and the one ref.
 *
 * The commit's tree is the work tree; its first parent is HEAD, when there is one; its last the index, as a commit; between
 * them what else the scope keeps. Files are as git would commit them: line endings normalized, filters of the user's run,
 * so that LFS pointers stay pointers. What git does not look at (skip-worktree, assume-unchanged) is as the index has it, but for
 * files that are there in an agent's tree: nobody else has those.
 * Ignored files stay behind unless they are included. The content of submodules stays behind, and so do repositories inside
 * the checkout that it does not know, and a merge or rebase that is going on; all are told. REPOSITORY_UNAVAILABLE while a
 * merge has conflicts, which no tree can hold.
 */
export async function captureWork(git: Git, options: CaptureOptions): Promise<CapturedWork> {
  const top = git.in(await git.read(["rev-parse", "--show-toplevel"]));
  await refuseConflicts(top);
  for (let tries = 1; tries < MAX_TRIES; tries += 1) {
    try {
      return await capture(top, options);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
    }
  }
  return await capture(top, options);
}

async function capture(top: Git, options: CaptureOptions): Promise<CapturedWork> {
  const head = await top.resolve("HEAD^{commit}");
  const branch = await top.ask(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  const tips = options.scope === "Repository" ? await otherTips(top, head) : [];
  const scratch = await mkdtemp(await scratchPrefix(top, options.ref));
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
    const { staged, tree, modules, strangers, isUnfiltered } = await treesOf(index, options.include ?? []);
    const trees = options.scope === "Repository" ? await otherWorktrees(top) : [];
    const hidden = options.repositories === "Kept" ? await ignoredRepositories(index) : [];
    const inner = await innerOf(top, { modules, others: [...strangers, ...trees, ...hidden] }, options.repositories);
    const others = [...tips, ...inner.kept];
    const unkept = inner.unkept.map((text) => cleanText(text.replaceAll("\n", " "), MAX_NOTICE));
    const work: Work = { head, branch, index: await commit(staged, [head], "index\n") };
    const kept = [...others, ...inner.modules].map(({ commit: tip }) => tip);
    const message = formatWork(work, { others, modules: inner.modules, unkept });
    const whole = await commit(tree, [head, ...kept, work.index], message);
    await top.read(["update-ref", "--create-reflog", "-m", "clauderon: captured", options.ref, whole]);
    const operation = await operationInProgress(top);
    const notices = [
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
const EPOCH = { GIT_AUTHOR_DATE: "1970-01-01T00:00:00Z", GIT_COMMITTER_DATE: "1970-01-01T00:00:00Z" };

const captureInner: Capture = (inner, what) => captureWork(inner, { ...what, repositories: "Kept", times: EPOCH });

const captureModule = (inner: Git, ref: string) => captureWork(inner, { ref, repositories: "Sent", times: EPOCH });

interface FoundInside {
  readonly modules: readonly string[];
  /** Further folders that are repositories or worktrees. */
  readonly others: readonly string[];
}

/** What the capture holds of repositories inside the checkout. */
async function innerOf(
  top: Git,
  { modules, others }: FoundInside,
  how: CaptureOptions["repositories"],
): Promise<InnerRepositories & { readonly notices: readonly string[] }> {
  if (how === "Sent") return { ...NOTHING, ...(await takeModules(top, modules, captureModule)) };
  const places = how === "Kept" ? [...modules, ...others] : await begunModules(top, modules);
  return { ...NOTHING, ...(await keepInner(top, [...new Set(places)], captureInner)) };
}

const notKept = (paths: readonly string[], { kept, modules }: InnerRepositories) =>
  paths.filter((path) => ![...kept, ...modules].some(({ ref }) => ref === path));

/** The index and the work tree as trees. */
async function treesOf(index: ScratchIndex, include: readonly string[]) {
  const writeTree = () => index.git.read(["write-tree"], { environment: index.environment });
  await copyIndex(index);
  const staged = await writeTree();
  const modules = await gitlinks(index);
  if (index.git.trust === "OfAgent") await lookAtAll(index);
  const added = await addWorkTree(index, include);
  return { staged, tree: await writeTree(), modules, ...added };
}
