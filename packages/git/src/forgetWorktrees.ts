import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { posix } from "node:path";
import { readPlainFile } from "@clauderon/files";
import type { Git } from "./git.ts";
import { rawPath } from "./gitPath.ts";
import { isWithin, realOf } from "./innerPlace.ts";
import { pathBytes, rawOf } from "./rawNames.ts";

const MAX_PATH_BYTES = 65_536;

/**
 * Removes what a repository keeps of worktrees in a folder that is ours and goes, so that it has none without files. Their
 * branches stay, and so does every worktree elsewhere.
 */
export async function forgetWorktreesIn(repository: Git, folder: string): Promise<void> {
  const entries = `${await rawPath(repository, ["--git-common-dir"])}/worktrees`;
  const places = [rawOf(folder), realOf(rawOf(folder))];
  for (const name of namesIn(entries)) {
    const entry = `${entries}/${name}`;
    const file = readPlainFile(pathBytes(`${entry}/gitdir`), MAX_PATH_BYTES)
      ?.toString("latin1")
      .replace(/\n$/, "");
    if (file === undefined || file === "") continue;
    const path = posix.resolve(entry, file);
    if (places.some((place) => isWithin(path, place))) await rm(pathBytes(entry), { recursive: true, force: true });
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(pathBytes(folder), { encoding: "buffer" }).map((name) => name.toString("latin1"));
  } catch {
    return [];
  }
}
