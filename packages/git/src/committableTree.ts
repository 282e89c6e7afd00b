import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "./git.ts";
import { bytesOf, type RawName, rawNames } from "./rawNames.ts";
import { readWork } from "./restoreWork.ts";
import { scratchPrefix } from "./scratchFolder.ts";

/**
 * The tree of captured work as a commit would have it: without files that were captured although git ignores them, such
 * as `.env`. Uses the ignore rules in the work itself and the user's own. Files that were staged anyway are included.
 * `ref` is where the work is kept.
 */
export async function committableTree(git: Git, work: string, ref: string): Promise<string> {
  const { index } = await readWork(git, work);
  const added = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=A", index, work];
  const untracked = await git.names(added);
  if (untracked.length === 0) return await git.read(["rev-parse", `${work}^{tree}`]);
  const scratch = await mkdtemp(await scratchPrefix(git, ref));
  try {
    // No file of the work is written to disk: git reads missing ignore rules from the index.
    const folder = join(scratch, "empty");
    await mkdir(folder);
    const environment = {
      GIT_DIR: await git.read(["rev-parse", "--absolute-git-dir"]),
      GIT_WORK_TREE: folder,
      GIT_INDEX_FILE: join(scratch, "index"),
    };
    const empty = git.in(folder);
    const read = (args: readonly string[], names: readonly RawName[] = []) =>
      empty.read(args, { environment, stdin: bytesOf(names) });
    await read(["read-tree", work]);
    const rules = await empty.names(["ls-files", "-z", "--", ":(glob)**/.gitignore"], { environment });
    const update = (option: string, names: readonly RawName[]) =>
      read(["update-index", option, "-z", "--stdin"], names);
    await update(
      "--force-remove",
      untracked.filter((name) => !rules.includes(name)),
    );
    await update("--skip-worktree", rules);
    // Its exit code says only whether any file is ignored.
    const { stdout } = await empty.run(["check-ignore", "-z", "--stdin"], { environment, stdin: bytesOf(untracked) });
    await read(["read-tree", work]);
    await update("--force-remove", rawNames(stdout));
    return await read(["write-tree"]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
