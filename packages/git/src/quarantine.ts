import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "./git.ts";

/**
 * A place for what comes from a stranger: git runs there as in the repository, sees all that it has, and writes objects and
 * FETCH_HEAD there only. `keep` moves the objects into the repository; `drop` leaves nothing, also of what was killed earlier.
 * There is one for each name.
 */
export class Quarantine {
  /** Directs git to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same, for a git that sees nothing of the repository's objects. */
  readonly alone: Readonly<Record<string, string>>;
  /** The same, for a git that sees the repository's objects and none of what came. */
  readonly outside: Readonly<Record<string, string>>;
  /** Files below `folder`: the objects not to check, and an index that git writes while it checks. */
  readonly skipList = "skip";
  readonly scratchIndex = "check.idx";
  readonly #folder: string;
  readonly #objects: string;

  private constructor(objects: string, folder: string) {
    this.#objects = objects;
    this.#folder = folder;
    this.outside = { GIT_DIR: join(folder, "git") };
    this.alone = { ...this.outside, GIT_OBJECT_DIRECTORY: join(folder, "objects") };
    this.environment = { ...this.alone, GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(objects) };
  }

  get folder(): string {
    return this.#folder;
  }

  static async open(git: Git, name: string): Promise<Quarantine> {
    const { objects, common } = await placesOf(git);
    const quarantine = new Quarantine(objects, folderOf(objects, name));
    await quarantine.drop();
    await mkdir(join(quarantine.#folder, "git"), { recursive: true });
    await mkdir(join(quarantine.#folder, "objects/pack"), { recursive: true });
    await writeFile(join(quarantine.#folder, "git/HEAD"), "ref: refs/heads/none\n");
    await writeFile(join(quarantine.#folder, "git/commondir"), `${common}\n`);
    return quarantine;
  }

  /** See `sweepQuarantines`. */
  static async sweep(git: Git, names: readonly string[]): Promise<void> {
    const { objects } = await placesOf(git);
    for (const name of names) await new Quarantine(objects, folderOf(objects, name)).drop();
  }

  /** What was fetched: lines of a commit, a tab, and what it is. */
  async fetched(): Promise<readonly string[]> {
    return (await readFile(join(this.#folder, "git/FETCH_HEAD"), "utf8")).split("\n");
  }

  /** The packs that came, as paths below `folder`. */
  async packs(): Promise<readonly string[]> {
    const names = await readdir(join(this.#folder, "objects/pack"));
    return names.filter((name) => name.endsWith(".pack")).map((name) => join("objects/pack", name));
  }

  async writeSkipList(objects: readonly string[]): Promise<void> {
    await writeFile(join(this.#folder, this.skipList), objects.map((object) => `${object}\n`).join(""));
  }

  /**
   * Moves what came into the repository, and says how many bytes that is. An index goes after its pack, so that git never sees
   * one without the other.
   */
  async keep(): Promise<number> {
    const from = join(this.#folder, "objects");
    const found = await readdir(from, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    let bytes = 0;
    for (const file of files.toSorted((a, b) => rank(a) - rank(b))) {
      bytes += (await stat(file)).size;
      const to = join(this.#objects, file.slice(from.length + 1));
      await mkdir(join(to, ".."), { recursive: true });
      await rename(file, to);
    }
    return bytes;
  }

  async drop(): Promise<void> {
    await this.#takeBack();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Packs that `keep` has moved when it was killed before it moved their indexes: git never sees what is in them. */
  async #takeBack(): Promise<void> {
    const [here, there] = [join(this.#folder, "objects/pack"), join(this.#objects, "pack")];
    const names = existsSync(here) ? await readdir(here) : [];
    for (const index of names.filter((name) => name.endsWith(".idx"))) {
      const pack = index.replace(/idx$/, "pack");
      if (names.includes(pack) || existsSync(join(there, index))) continue;
      for (const end of ["pack", "rev"]) await rm(join(there, index.replace(/idx$/, end)), { force: true });
    }
  }
}

/** Removes what killed fetches under these names have left in the repository. */
export const sweepQuarantines = (git: Git, names: readonly string[]): Promise<void> => Quarantine.sweep(git, names);

async function placesOf(git: Git): Promise<{ readonly objects: string; readonly common: string }> {
  const args = ["rev-parse", "--path-format=absolute", "--git-path", "objects", "--git-common-dir"];
  const [objects = "", common = ""] = (await git.read(args)).split("\n");
  return { objects, common };
}

/** `git gc` removes what has such a name and is old. */
const folderOf = (objects: string, name: string) => join(objects, `tmp_objdir-clauderon-${name}`);

/** As git wants a path that may hold a colon. */
const quoted = (path: string) => `"${path.replaceAll(/["\\]/g, "\\$&")}"`;

/** Where a file has its turn. */
const rank = (file: string) => (file.endsWith(".idx") ? 1 : 0);
