import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Git } from "./git.ts";

/**
 * The path prefix of the folders that captures to a ref use for their indexes; `mkdtemp` completes it. They are beside
 * the repository's objects, where a sandboxed session can write. So what a killed capture leaves is removed with the
 * ref, or by `git gc` at the latest.
 */
export async function scratchPrefix(git: Git, ref: string): Promise<string> {
  const folder = await git.read(["rev-parse", "--path-format=absolute", "--git-path", "objects"]);
  return join(folder, `tmp_objdir-clauderon_index-${ref.replaceAll("/", "-")}-`);
}

/** Removes what killed captures to the ref left. */
export async function removeScratch(git: Git, ref: string): Promise<void> {
  const prefix = await scratchPrefix(git, ref);
  const [folder, begin] = [dirname(prefix), basename(prefix)];
  const isOfRef = (name: string) => name.startsWith(begin) && /^[^-]{6}$/.test(name.slice(begin.length));
  for (const name of (await readdir(folder)).filter(isOfRef))
    await rm(join(folder, name), { recursive: true, force: true });
}
