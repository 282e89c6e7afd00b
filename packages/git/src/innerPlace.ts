import { createHash } from "node:crypto";
import { lstatSync, realpathSync, symlinkSync } from "node:fs";
import { join, posix } from "node:path";
import { Fault } from "@clauderon/base";
import { readPlainFile } from "@clauderon/files";
import type { Git } from "./git.ts";
import { rawPath } from "./gitPath.ts";
import { isText, pathBytes, rawOf, textOf } from "./rawNames.ts";

/** A larger repository is not an agent's side project, and would be sent with each fetch. */
const MAX_KIB = 524_288;

/** Git in the repository at a raw path. Where no text names the path, a link in the scratch folder does. */
export function gitAt(top: Git, path: string, scratch: string): Git {
  if (isText(path)) return top.inTreeOfAgent(textOf(path));
  const link = join(scratch, `at-${createHash("sha256").update(path).digest("hex")}`);
  symlinkSync(pathBytes(path), link);
  return top.inTreeOfAgent(link);
}

export type InnerKind = "Own" | "Bare" | "Worktree" | "None";

/**
 * What a folder with a `.git` is: a repository of its own, a worktree of the checkout's repository, or nothing that git takes
 * for one. `Bare` is the git folder of a repository itself. A Fault when its git folder or its files are not its own; `around`
 * are the folders that it may lie in, beside the checkout.
 */
export async function innerKind(top: Git, inner: Git, around: readonly string[]): Promise<InnerKind> {
  const outer = await placesOf(top);
  const folder = realOf(rawOf(inner.folder));
  const isInside = [outer.files, ...around.map((place) => realOf(rawOf(place)))].some((place) =>
    isWithin(folder, place),
  );
  const git = await gitFoldersOf(inner);
  if (git.dir === outer.dir) return "None";
  if (isInside && git.dir === folder && git.common === folder && hasOwnObjects(folder, outer.common)) return "Bare";
  return await kindWithFiles({ outer, inner, isInside });
}

interface Found {
  readonly outer: Readonly<Record<"files" | "dir" | "common", string>>;
  readonly inner: Git;
  /** Whether it lies in one of the folders. */
  readonly isInside: boolean;
}

async function kindWithFiles({ outer, inner, isInside }: Found): Promise<"Own" | "Worktree"> {
  const folder = realOf(rawOf(inner.folder));
  const places = await placesOf(inner);
  const isShared = places.common === outer.common && isWithin(places.dir, `${outer.common}/worktrees`);
  const homes = [`${folder}/.git`, `${outer.dir}/modules`, `${outer.common}/modules`];
  const isOwn = isInside && places.common === places.dir && homes.some((home) => isWithin(places.dir, home));
  if (places.files === folder && isShared) return "Worktree";
  if (places.files === folder && isOwn && hasOwnObjects(places.dir, outer.common)) return "Own";
  throw new Fault("REPOSITORY_UNAVAILABLE", "its files or its git folder are outside of it");
}

/** What git keeps of it, and what all its worktrees share: raw paths. */
async function gitFoldersOf(git: Git): Promise<Readonly<Record<"dir" | "common", string>>> {
  const [dir = "", common = ""] = await Promise.all(
    ["--git-dir", "--git-common-dir"].map(async (asked) => realOf(await rawPath(git, [asked]))),
  );
  return { dir, common };
}

/** Where its files are, besides. */
async function placesOf(git: Git): Promise<Readonly<Record<"files" | "dir" | "common", string>>> {
  return { files: realOf(await rawPath(git, ["--show-toplevel"])), ...(await gitFoldersOf(git)) };
}

export const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** A raw path without links; what is not there has none. */
export function realOf(path: string): string {
  try {
    // The other one makes a text of the path.
    return realpathSync.native(pathBytes(path), { encoding: "buffer" }).toString("latin1");
  } catch {
    return path;
  }
}

/** Whether its objects are its own. It may borrow those of the outer repository, as `git clone --shared` does. */
function hasOwnObjects(dir: string, outer: string): boolean {
  const kindOf = (path: string) => lstatSync(pathBytes(`${dir}/${path}`), { throwIfNoEntry: false });
  if (kindOf("objects")?.isDirectory() !== true) return false;
  if (kindOf("objects/info/alternates") === undefined) return true;
  const list = readPlainFile(pathBytes(`${dir}/objects/info/alternates`), MAX_LIST_BYTES)?.toString("latin1");
  const lines = list?.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const wanted = realOf(`${outer}/objects`);
  return lines?.every((line) => realOf(posix.resolve(`${dir}/objects`, line)) === wanted) ?? false;
}

const MAX_LIST_BYTES = 65_536;

export async function refuseSize(inner: Git): Promise<void> {
  const counted = await inner.read(["count-objects", "-v"]);
  const kib = [...counted.matchAll(/^size(?:-pack)?: (\d+)$/gm)].reduce((sum, [, size]) => sum + Number(size), 0);
  if (kib > MAX_KIB) throw new Fault("REPOSITORY_UNAVAILABLE", `it has more than ${MAX_KIB / 1_024} MiB`);
}
