import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import { CARRIER } from "./model/environment.ts";
import { formatWork, type Work } from "./model/work.ts";

export interface CaptureOptions {
  /** The ref that keeps the work from being collected as garbage, such as `refs/clauderon/work/<session>`. */
  readonly ref: string;
  /** Ignored files that shall come along, as git pathspecs. */
  readonly include?: readonly string[];
}

export interface CapturedWork extends Work {
  /** The commit that holds it all. */
  readonly commit: string;
  /** What could not come along, each a sentence for people. */
  readonly notices: readonly string[];
}

/**
 * Keeps the state of a checkout as it is, uncommitted work too: what is staged, what is not, what is untracked; modes,
 * symlinks and names as git knows them. The checkout itself, its index and its branches are not touched: all is done in an
 * index of our own, and what is written are objects and the one ref.
 *
 * The commit's tree is the work tree; its first parent is HEAD, when there is one; its last the index, as a commit. Ignored
 * files stay behind unless they are included. The content of submodules stays behind, and so do repositories inside the
 * checkout that it does not know; both are told. REPOSITORY_UNAVAILABLE while a merge has conflicts, which no tree can hold.
 */
export async function captureWork(git: Git, options: CaptureOptions): Promise<CapturedWork> {
  const top = git.in(await git.read(["rev-parse", "--show-toplevel"]));
  const head = await top.ask(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]);
  const branch = await top.ask(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  await refuseConflicts(top);
  const scratch = await mkdtemp(join(tmpdir(), "clauderon-index-"));
  try {
    const index = { GIT_INDEX_FILE: join(scratch, "index"), ...CARRIER };
    const own = await top.read(["rev-parse", "--path-format=absolute", "--git-path", "index"]);
    await copyFile(own, index.GIT_INDEX_FILE).catch(ignoreMissing); // Its stat data spare git reading every file.
    const parents = head === undefined ? [] : ["-p", head];
    const commit = async (tree: string, more: readonly string[], text: string) =>
      await top.read(["commit-tree", ...parents, ...more, tree], { environment: index, stdin: text });

    const staged = await commit(await top.read(["write-tree"], { environment: index }), [], "index\n");
    const modules = new Set(await gitlinks(top, index));
    await top.read(["add", "--all", "--", ":/"], { environment: index });
    await addIncluded(top, index, options.include ?? []);
    const strangers = (await gitlinks(top, index)).filter((path) => !modules.has(path));
    await forget(top, index, strangers);
    const work: Work = { head, branch, index: staged };
    const tree = await top.read(["write-tree"], { environment: index });
    const whole = await commit(tree, ["-p", staged], formatWork(work));
    await top.read(["update-ref", options.ref, whole]);
    const notices = [
      ...[...modules].map((path) => `The content of submodule "${path}" stays behind`),
      ...strangers.map((path) => `"${path}" is a repository of its own and stays behind`),
    ];
    return { ...work, commit: whole, notices };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function refuseConflicts(git: Git): Promise<void> {
  const names = await git.names(["diff", "--name-only", "--diff-filter=U", "-z"]);
  const [first] = names;
  if (first === undefined) return;
  const more = names.length === 1 ? "" : ` and ${names.length - 1} more`;
  throw new Fault("REPOSITORY_UNAVAILABLE", `${git.folder} has conflicts, in "${first}"${more}`, {
    hint: "Finish the merge or rebase there, or abort it, and try again",
  });
}

/** Paths of what the index has as commits of other repositories. */
async function gitlinks(git: Git, index: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const entries = await git.names(["ls-files", "--stage", "-z"], { environment: index });
  return entries.filter((entry) => entry.startsWith("160000 ")).map((entry) => entry.slice(entry.indexOf("\t") + 1));
}

async function addIncluded(
  git: Git,
  index: Readonly<Record<string, string>>,
  include: readonly string[],
): Promise<void> {
  for (const pathspec of include) {
    const found = await git.names(["ls-files", "--others", "-z", "--", `:(top,glob)${pathspec}`], {
      environment: index,
    });
    const stdin = found.map((name) => `${name}\0`).join("");
    if (found.length > 0) await git.read(["update-index", "--add", "-z", "--stdin"], { environment: index, stdin });
  }
}

async function forget(git: Git, index: Readonly<Record<string, string>>, paths: readonly string[]): Promise<void> {
  const stdin = paths.map((path) => `${path}\0`).join("");
  if (paths.length > 0)
    await git.read(["update-index", "--force-remove", "-z", "--stdin"], { environment: index, stdin });
}

/** A repository without a commit may have no index yet. */
function ignoreMissing(thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
}
