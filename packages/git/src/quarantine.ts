import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "./git.ts";

/**
 * A place for objects from a stranger. git runs there as in the repository and sees all its objects, but writes objects
 * and FETCH_HEAD only there. `keep` moves the objects into the repository. `drop` removes everything, including what a
 * killed fetch left. There is one quarantine for each name.
 */
export class Quarantine {
  /** Directs git to the quarantine. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same, for a git that does not see the repository's objects. */
  readonly alone: Readonly<Record<string, string>>;
  /** The same, for a git that sees the repository's objects but not those that were fetched. */
  readonly outside: Readonly<Record<string, string>>;
  /** Files in `folder`: the list of objects not to check, and an index that git writes while it checks. */
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

  /** The lines of FETCH_HEAD: a commit, a tab, and what it is. */
  async fetched(): Promise<readonly string[]> {
    return (await readFile(join(this.#folder, "git/FETCH_HEAD"), "utf8")).split("\n");
  }

  /** The fetched packs, as paths relative to `folder`. */
  async packs(): Promise<readonly string[]> {
    const names = await readdir(join(this.#folder, "objects/pack"));
    return names.filter((name) => name.endsWith(".pack")).map((name) => join("objects/pack", name));
  }

  async writeSkipList(objects: readonly string[]): Promise<void> {
    await writeFile(join(this.#folder, this.skipList), objects.map((object) => `${object}\n`).join(""));
  }

  /**
   * Moves what was fetched into the repository, and returns how many bytes that is. Moves each index after its pack, so
   * that git never sees an index without its pack.
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

  /** If `keep` was killed, it may have moved packs without their indexes. git cannot use those, so this removes them. */
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

/** Removes what killed fetches with these names left in the repository. */
export const sweepQuarantines = (git: Git, names: readonly string[]): Promise<void> => Quarantine.sweep(git, names);

async function placesOf(git: Git): Promise<{ readonly objects: string; readonly common: string }> {
  const args = ["rev-parse", "--path-format=absolute", "--git-path", "objects", "--git-common-dir"];
  const [objects = "", common = ""] = (await git.read(args)).split("\n");
  return { objects, common };
}

/** `git gc` removes an old folder with such a name. */
const folderOf = (objects: string, name: string) => join(objects, `tmp_objdir-clauderon-${name}`);

/** Quoted as git requires for a path that may contain a colon. */
const quoted = (path: string) => `"${path.replaceAll(/["\\]/g, "\\$&")}"`;

/** The order in which files are moved. */
const rank = (file: string) => (file.endsWith(".idx") ? 1 : 0);
