import { readdir } from "node:fs/promises";
import { rawNames, textOf } from "./rawNames.ts";
import type { ScratchIndex } from "./scratchIndex.ts";

/**
 * Folders that git ignores and that are repositories of their own, wherever they are below an ignored folder. git does not
 * look there, so every folder is read; links are not followed.
 */
export async function ignoredRepositories({ git, environment, cases }: ScratchIndex): Promise<readonly string[]> {
  const ignored = ["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"];
  const names = rawNames(await git.bytes([...cases, ...ignored], { environment }));
  const found: string[] = [];
  const waiting: string[] = names.filter((name) => name.endsWith("/")).map((name) => name.slice(0, -1));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const entries = await entriesOf(git.folder, name);
    if (entries.some((entry) => entry.name === ".git")) found.push(textOf(name));
    for (const entry of entries) if (entry.isFolder && entry.name !== ".git") waiting.push(`${name}/${entry.name}`);
  }
  return found;
}

/** Names are raw; a folder that is gone, or that nobody may read, has none. */
async function entriesOf(folder: string, name: string) {
  const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
  const entries = await readdir(path, { withFileTypes: true, encoding: "buffer" }).catch(() => []);
  return entries.map((entry) => ({ name: entry.name.toString("latin1"), isFolder: entry.isDirectory() }));
}
