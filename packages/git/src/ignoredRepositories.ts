import { readdir } from "node:fs/promises";
import { rawNames, textOf } from "./rawNames.ts";
import type { ScratchIndex } from "./scratchIndex.ts";

/**
 * Ignored folders, at any depth, that are repositories of their own. git does not look inside ignored folders, so this
 * reads every one of them. Does not follow links.
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

/** The names are raw. A folder that is gone or cannot be read has no entries. */
async function entriesOf(folder: string, name: string) {
  const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
  const entries = await readdir(path, { withFileTypes: true, encoding: "buffer" }).catch(() => []);
  return entries.map((entry) => ({ name: entry.name.toString("latin1"), isFolder: entry.isDirectory() }));
}
