import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Git } from "./git.ts";

/**
 * Where captures to a ref have their indexes, each in a folder of its own: the path of these, up to what `mkdtemp` adds. They
 * are beside the repository's objects, where a sandboxed session can write, so that what a killed one leaves is found when the
 * ref goes, and is removed by `git gc` at the latest.
 */
export async function scratchPrefix(git: Git, ref: string): Promise<string> {
  const folder = await git.read(["rev-parse", "--path-format=absolute", "--git-path", "objects"]);
  return join(folder, `tmp_objdir-clauderon_index-${ref.replaceAll("/", "-")}-`);
}

/** Removes what captures to the ref have left that were killed. */
export async function removeScratch(git: Git, ref: string): Promise<void> {
  const prefix = await scratchPrefix(git, ref);
  const [folder, begin] = [dirname(prefix), basename(prefix)];
  const isOfRef = (name: string) => name.startsWith(begin) && /^[^-]{6}$/.test(name.slice(begin.length));
  for (const name of (await readdir(folder)).filter(isOfRef))
    await rm(join(folder, name), { recursive: true, force: true });
}
