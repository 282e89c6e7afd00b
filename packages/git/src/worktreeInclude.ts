import { constants } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "./git.ts";
import type { RawName } from "./rawNames.ts";

/** In this file, a repository lists which of its ignored files a new worktree needs. It has the syntax of `.gitignore`. */
const NAME = ".worktreeinclude";
/** Nobody writes so many patterns. */
const MAX_BYTES = 1_048_576;

/**
 * The untracked files, according to the given index, that the checkout's `.worktreeinclude` names. Includes the file
 * itself if git ignores it. Returns nothing if the file does not exist. An agent may have shaped it: anything but a
 * plain file is not read, and git gets a copy beside the index.
 */
export async function worktreeInclude(git: Git, index: string): Promise<readonly RawName[]> {
  const patterns = await readPlain(join(git.folder, NAME));
  if (patterns === undefined) return [];
  const copy = `${index}.include`;
  const environment = { GIT_INDEX_FILE: index };
  await writeFile(copy, patterns);
  const listed = (args: readonly string[]) => git.names(["ls-files", "--others", "-z", ...args], { environment });
  return [...(await listed(["--ignored", `--exclude-from=${copy}`])), ...(await listed(["--", `:(top)${NAME}`]))];
}

/** The bytes of a plain file; undefined for anything else. Opens it without blocking, because a named pipe would block. */
async function readPlain(path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      return found.isFile() && found.size <= MAX_BYTES ? await file.readFile() : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
