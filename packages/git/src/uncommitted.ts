import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@clauderon/base/fault";
import type { Git } from "./git.ts";
import { textOf } from "./rawNames.ts";
import { gitlinks } from "./scratchIndex.ts";

/**
 * Uncommitted changes in a tree that an agent may have shaped, as lines of `git status --porcelain`. Commits of a
 * submodule that no host has count too. git itself does not look into submodules, because it would run what their
 * configuration names, for example a file watcher. A submodule that cannot be read counts as changed.
 */
export async function uncommittedIn(git: Git): Promise<readonly string[]> {
  const status = ["status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=dirty"];
  const lines = await git.lines(status);
  const changed: string[] = [];
  for (const path of (await gitlinks({ git, environment: {} })).map(textOf)) {
    const folder = join(git.folder, path);
    const line = ` M ${path}`;
    const isKnown = !existsSync(join(folder, ".git")) || lines.includes(line);
    if (!isKnown && (await hasWork(git.inTreeOfAgent(folder)))) changed.push(line);
  }
  return [...lines, ...changed];
}

async function hasWork(module: Git): Promise<boolean> {
  try {
    if ((await uncommittedIn(module)).length > 0) return true;
    return (await module.read(["rev-list", "--max-count=1", "--all", "HEAD", "--not", "--remotes"])) !== "";
  } catch (thrown) {
    if (thrown instanceof Fault) return true;
    throw thrown;
  }
}
