import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, Fault } from "@clauderon/base";
import { withLock } from "../../test/kit/cluster/lock.ts";
import { type BundledFile, bundleProgram } from "./bundle.ts";
import { type Builder, buildArguments, type BuildPlan, pushArguments, runBuildah } from "./buildah.ts";
import { type ImageName, type Recipe, recipeOf } from "./recipes.ts";

export interface ImageRequest {
  readonly name: ImageName;
  /** What buildah takes after FROM: an image's name, or `oci-archive:<file>`. */
  readonly base: string;
  /** The checkout; the archive goes to `out/images/<name>.tar` below it. */
  readonly root: string;
  readonly builder: Builder;
}

export interface BuiltImage {
  readonly archive: string;
  /** What to run it as: `localhost/<name>:dev`. */
  readonly tag: string;
  readonly bytes: number;
  /** False when the archive was there already, made from the same inputs. */
  readonly rebuilt: boolean;
}

/**
 * Makes `out/images/<name>.tar`, an OCI archive with the tag `localhost/<name>:dev`, unless it is there already and made
 * from the same bundle, Containerfile, base and binaries. A base known by name counts as the same while the name is.
 *
 * A build that fails leaves no archive that could be taken for the new one. Nothing but the base stays in buildah's storage.
 * One build runs at a time in a checkout; others, in other processes too, wait for it.
 */
export async function buildImage(request: ImageRequest): Promise<BuiltImage> {
  const { name, root, builder } = request;
  const recipe = recipeOf(name, process.arch);
  const out = join(root, "out", "images");
  const [tag, archive, stamp] = [`localhost/${name}:dev`, join(out, `${name}.tar`), join(out, `${name}.inputs`)];
  return await withLock(join(out, ".lock"), async () => {
    const bundle = await bundleProgram(root, recipe.entry);
    const plan = await planBuild(request, recipe, tag);
    const inputs = await inputsHash(plan, bundle);
    const rebuilt = !existsSync(archive) || (await readFile(stamp, "utf8").catch(() => "")) !== inputs;
    if (rebuilt) {
      await rm(stamp, { force: true });
      await rm(archive, { force: true });
      await writeBundle(join(plan.context, recipe.bundle), bundle);
      await writeArchive(plan, archive, builder);
      await writeFile(stamp, inputs);
    }
    return { archive, tag, bytes: (await stat(archive)).size, rebuilt };
  });
}

async function planBuild({ name, base, root }: ImageRequest, recipe: Recipe, tag: string): Promise<BuildPlan> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const folders = Object.entries(recipe.folders).map(([folder, path]) => [folder, join(root, path)] as const);
  for (const [, path] of folders) {
    if (!existsSync(path)) {
      throw new Error(`Cannot build ${name}: ${path} is missing. Run "npm ci", with optional packages`);
    }
  }
  return {
    tag,
    containerfile: join(root, "images", name, "Containerfile"),
    context: join(root, "out", "images", name),
    folders: Object.fromEntries(folders),
    base,
    version,
  };
}

/** Recreates the folder: it may hold files of another build. */
async function writeBundle(folder: string, bundle: readonly BundledFile[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { name, contents } of bundle) await writeFile(join(folder, name), contents);
}

async function writeArchive(plan: BuildPlan, archive: string, builder: Builder): Promise<void> {
  const unfinished = `${archive}.unfinished`;
  await rm(unfinished, { force: true }); // Of a build that was killed.
  try {
    await runBuildah(builder, buildArguments(plan));
    await runBuildah(builder, pushArguments(plan.tag, unfinished));
    await runBuildah(builder, ["rmi", plan.tag]);
    await rename(unfinished, archive);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Everything that decides the image. Large files count by size and time of change. */
async function inputsHash(plan: BuildPlan, bundle: readonly BundledFile[]): Promise<string> {
  const folders = Object.values(plan.folders).map((folder) => join(folder, "package.json"));
  const base = /^(?:oci|docker)-archive:([^:]+)/.exec(plan.base)?.[1];
  const inputs = {
    arguments: buildArguments(plan),
    containerfile: await readFile(plan.containerfile, "utf8"),
    bundle: bundle.map(({ name, contents }) => [name, createHash("sha256").update(contents).digest("hex")]),
    files: await Promise.all([...folders, ...(base === undefined ? [] : [base])].map(fileMark)),
  };
  return createHash("sha256").update(canonicalJson(inputs)).digest("hex");
}

async function fileMark(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path).catch((cause: unknown) => {
    throw new Fault("FILE_UNREADABLE", `Cannot read ${path}`, { cause });
  });
  return `${path} ${size} ${mtimeMs}`;
}
