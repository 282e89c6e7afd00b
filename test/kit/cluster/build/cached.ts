import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { readKitConfig } from "../config.ts";
import { withLock } from "../lock.ts";

export interface Artifact {
  readonly name: string;
  readonly version: string;
  /** Everything else that decides the content: sources, flags, names of what it is made from. */
  readonly inputs: readonly string[];
  /** Fills the empty folder. */
  build(folder: string): Promise<void>;
}

/**
 * The folder that holds the artifact, built at most once on this machine for the same inputs.
 *
 * Concurrent callers, in other processes too, wait for one build. A build that failed or was killed leaves nothing
 * that could be taken for a result: the folder appears under its name only when it is whole.
 */
export async function cached(artifact: Artifact): Promise<string> {
  const { cacheFolder } = readKitConfig();
  const key = artifactKey(artifact);
  const folder = join(cacheFolder, key);
  if (existsSync(folder)) return folder;
  return await withLock(join(cacheFolder, `.${artifact.name}.lock`), async () => {
    if (existsSync(folder)) return folder;
    await removeUnfinished(cacheFolder, artifact.name);
    const unfinished = await mkdtemp(join(cacheFolder, unfinishedPrefix(artifact.name)));
    await announced(`${artifact.name} ${artifact.version}`, () => artifact.build(unfinished));
    await chmod(unfinished, 0o755);
    await rename(unfinished, folder);
    return folder;
  });
}

export function artifactKey({ name, version, inputs }: Pick<Artifact, "name" | "version" | "inputs">): string {
  const hash = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 12);
  return `${name}-${version}-${hash}`;
}

/** No name is used twice: a killed build may still have a compiler running. */
function unfinishedPrefix(name: string): string {
  return `.${name}.unfinished-`;
}

async function removeUnfinished(cacheFolder: string, name: string): Promise<void> {
  const left = (await readdir(cacheFolder)).filter((entry) => entry.startsWith(unfinishedPrefix(name)));
  for (const entry of left) await rm(join(cacheFolder, entry), { recursive: true, force: true });
}

async function announced(what: string, build: () => Promise<void>): Promise<void> {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  console.error(`test kit: building ${what} (once on this machine)`);
  const tick = setInterval(() => console.error(`test kit: still building ${what}, ${seconds()} s`), 20_000);
  try {
    await build();
    console.error(`test kit: built ${what} in ${seconds()} s`);
  } finally {
    clearInterval(tick);
  }
}
