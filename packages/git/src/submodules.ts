import { existsSync, lstatSync, realpathSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault, messageOf } from "@clauderon/base";
import type { Git } from "./git.ts";
import { fetchOnDisk, ON_DISK, PUSH_ON_DISK } from "./model/onDisk.ts";
import type { OtherTip } from "./model/work.ts";

/**
 * In a session's submodule: the captured content that it began with. The ref belongs to one worktree, so no fetch or
 * push touches it.
 */
export const BEGUN = "refs/worktree/clauderon/begun";
/** In the user's submodule, only during a capture. */
const SENT = "refs/worktree/clauderon/sent";

/** The user's own objects are not checked. */
const TAKE = fetchOnDisk(["fetch.fsckObjects=false"]);

export interface TakenModules {
  /** The content of each submodule, as captured work that is now in the checkout's own repository. */
  readonly modules: readonly OtherTip[];
  /** Submodules whose content was not captured. Each is a sentence for people. */
  readonly notices: readonly string[];
}

/**
 * Captures the content of a user's submodules into the checkout's repository: the commits of each HEAD, and uncommitted
 * changes. Fetches nothing from a host, so a submodule that was never checked out is not captured.
 */
export async function takeModules(
  top: Git,
  paths: readonly string[],
  capture: (inner: Git, ref: string) => Promise<{ readonly commit: string }>,
): Promise<TakenModules> {
  const modules: OtherTip[] = [];
  const notices: string[] = [];
  for (const path of paths) {
    const inner = top.in(join(top.folder, path));
    try {
      await refuseUnready(inner);
      try {
        const { commit } = await capture(inner, SENT);
        await top.read([...TAKE, inner.folder, SENT], { environment: ON_DISK });
        modules.push({ commit, ref: path });
      } finally {
        await inner.run(["update-ref", "-d", SENT]);
      }
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      notices.push(`The content of submodule "${path}" is not copied: ${messageOf(thrown)}`);
    }
  }
  return { modules, notices };
}

async function refuseUnready(inner: Git): Promise<void> {
  if (!existsSync(join(inner.folder, ".git"))) throw new Fault("REPOSITORY_UNAVAILABLE", "it is not checked out");
  const top = await inner.read(["rev-parse", "--show-toplevel"]);
  if (realpathSync(top) !== realpathSync(inner.folder)) {
    throw new Fault("REPOSITORY_UNAVAILABLE", "its .git is not a repository");
  }
  if ((await inner.read(["rev-parse", "--is-shallow-repository"])) === "true") {
    throw new Fault("REPOSITORY_UNAVAILABLE", "it is a shallow clone");
  }
}

/** Those of the paths that are submodules whose content a session began with. */
export async function begunModules(top: Git, paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const folder = join(top.folder, path);
    if (lstatSync(join(folder, ".git"), { throwIfNoEntry: false }) === undefined) continue;
    if ((await top.inTreeOfAgent(folder).resolve(BEGUN)) !== undefined) found.push(path);
  }
  return found;
}

/** A submodule's content in captured work. */
export interface ModuleContent extends OtherTip {
  /** The superproject's commit, whose `.gitmodules` counts. */
  readonly of: string;
}

/**
 * Creates the repository of a submodule with the captured content in the checkout's folder for it. `restore` writes its
 * files. Ignores a path that is not a submodule in that commit. The repository is independent: its git folder is inside
 * its own folder.
 */
export async function giveModule(
  top: Git,
  { commit, ref: path, of }: ModuleContent,
  restore: (inner: Git, commit: string) => Promise<void>,
): Promise<void> {
  const literal = { environment: { GIT_LITERAL_PATHSPECS: "1" } };
  const entry = await top.ask(["ls-tree", of, "--", path], literal);
  if (entry?.startsWith("160000 ") !== true) return;
  const folder = join(top.folder, path);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const inner = top.inTreeOfAgent(folder);
  const format = await top.read(["rev-parse", "--show-object-format"]);
  await inner.read(["init", "--quiet", "--template=", "--initial-branch=main", `--object-format=${format}`]);
  await top.read([...PUSH_ON_DISK, folder, `${commit}:${BEGUN}`], { environment: ON_DISK });
  const url = await urlOf(top, of, path);
  if (url !== undefined) await inner.read(["remote", "add", "origin", url]);
  await restore(inner, commit);
}

/** The URL of the submodule's host, if `.gitmodules` has an absolute one. */
async function urlOf(top: Git, commit: string, path: string): Promise<string | undefined> {
  const config = ["config", "--blob", `${commit}:.gitmodules`];
  const lines = (await top.ask([...config, "--get-regexp", "^submodule\\..*\\.path$"])) ?? "";
  const line = lines.split("\n").find((one) => one.slice(one.indexOf(" ") + 1) === path);
  const key = line?.slice(0, line.indexOf(" ")).replace(/\.path$/, ".url");
  const url = key === undefined ? undefined : await top.ask([...config, "--get", key]);
  return url !== undefined && /^(https?|ssh|git):\/\/|^[^/:-][^/:]*:[^/:]/.test(url) ? url : undefined;
}
