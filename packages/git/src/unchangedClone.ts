import { lstatSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Fault } from "@clauderon/base";
import { readPlainFile } from "@clauderon/files";
import { checkoutTips, operationTips } from "./checkoutTips.ts";
import { isBare } from "./findRepositories.ts";
import type { Git } from "./git.ts";
import { isHost } from "./model/isHost.ts";
import { pathBytes, rawOf } from "./rawNames.ts";
import { unseenFiles } from "./scratchIndex.ts";

/**
 * Whether the repository of an agent's tree is a clone that has nothing of its own, as programs keep them in their caches:
 * each commit that a ref, a reflog of HEAD or an unfinished operation names came from a host, and no tracked file is changed.
 * Untracked files do not count, because programs build in their clones. A repository that git cannot read does not count as one.
 */
export async function isUnchangedClone(git: Git): Promise<boolean> {
  try {
    const clone = cloneAt(git, git.folder);
    const hasFolder = lstatSync(pathBytes(clone.folder)).isDirectory();
    return hasFolder && (await hasOnlyFetched(clone)) && (isBare(rawOf(git.folder)) || (await isClean(clone.git)));
  } catch (thrown) {
    if (thrown instanceof Fault) return false;
    throw thrown;
  }
}

/** A clone may be one of a clone in another cache. */
const MAX_DEPTH = 3;
const MAX_FILE_BYTES = 16_777_216;

interface Clone {
  readonly git: Git;
  /** The raw path of its git folder. */
  readonly folder: string;
}

/** Names the git folder, because git would look for one above the folder if it took this one for none. */
function cloneAt(git: Git, path: string): Clone {
  const folder = isBare(rawOf(path)) ? path : `${path}/.git`;
  return { git: git.inTreeOfAgent(path).inWorktree(path, folder), folder: rawOf(folder) };
}

async function hasOnlyFetched({ git, folder }: Clone): Promise<boolean> {
  const lines = await git.lines(["for-each-ref", "--format=%(objectname) %(*objectname) %(refname)"]);
  const refs = lines.map((line) => line.split(" "));
  if (refs.some(([, , name]) => name === "refs/stash")) return false;
  const ofRemotes = refs.filter(([, , name = ""]) => name.startsWith("refs/remotes/")).map(([commit = ""]) => commit);
  const own = refs.filter(([, , name = ""]) => !name.startsWith("refs/remotes/")).map(([one, peeled]) => peeled || one);
  const head = await git.resolve("HEAD^{commit}");
  const origin = await originOf({ git, folder }, ofRemotes);
  const logged = [...textIn(folder, "logs/HEAD").matchAll(/^[0-9a-f]+ ([0-9a-f]+) /gm)].map(([, commit]) => commit);
  const known = new Set(origin.fetched);
  const left = [...logged, ...operationTips(folder).map(({ commit }) => commit)].every((one) => known.has(one ?? ""))
    ? []
    : (await checkoutTips(git, head)).map(({ commit }) => commit);
  const commits = [head, ...own, ...left].flatMap((commit) => (commit === undefined ? [] : [commit]));
  return origin.isKnown && (await areFetched({ git, folder }, origin, { commits: [...new Set(commits)] }));
}

/** Where the commits of a clone came from. */
interface Origin {
  /** Whether it names a host or another repository. */
  readonly isKnown: boolean;
  /** What a host had at the last fetch. */
  readonly fetched: readonly string[];
  /** Paths of repositories on this machine. */
  readonly sources: readonly string[];
}

async function originOf({ git, folder }: Clone, ofRemotes: readonly string[]): Promise<Origin> {
  const urls = await git.ask(["config", "--local", "--get-regexp", "^remote\\..*\\.url$"]);
  const addresses = (urls ?? "")
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [line.slice(line.indexOf(" ") + 1)]));
  const fetches = [...textIn(folder, "FETCH_HEAD").matchAll(/^([0-9a-f]+)\t.*?(\S+)$/gm)];
  const named = addresses.length > 0 ? addresses : fetches.map(([, , address = ""]) => address);
  const ofHosts = fetches.filter(([, , address = ""]) => isHost(address)).map(([, commit = ""]) => commit);
  const areHosts = named.length > 0 && named.every(isHost);
  // The commits at which a history was cut off were never made here.
  const cut = areHosts ? textIn(folder, "shallow").split("\n").filter(Boolean) : [];
  return {
    isKnown: named.length > 0,
    fetched: [...ofHosts, ...cut, ...(areHosts ? ofRemotes : [])],
    sources: named.filter((address) => !isHost(address)).flatMap(pathOf),
  };
}

function pathOf(address: string): readonly string[] {
  if (!address.startsWith("file://")) return address.startsWith("/") ? [address] : [];
  try {
    return [fileURLToPath(address)];
  } catch {
    return [];
  }
}

interface Wanted {
  readonly commits: readonly string[];
  readonly depth?: number;
}

/** Whether a host has these commits, as far as the clone, or the one that it was cloned from, shows. */
async function areFetched({ git }: Clone, origin: Origin, { commits, depth = 1 }: Wanted): Promise<boolean> {
  const { fetched, sources } = origin;
  const known = new Set(fetched);
  const rest = commits.filter((commit) => !known.has(commit));
  if (rest.length === 0) return true;
  const stdin = [...rest, ...[...known].map((commit) => `^${commit}`)].map((one) => `${one}\n`).join("");
  const own = await git.lines(["rev-list", "--max-count=1", "--stdin"], { stdin });
  if (own.length === 0) return true;
  const [source] = sources;
  if (source === undefined || depth === MAX_DEPTH) return false;
  const clone = cloneAt(git, source);
  const remotes = await clone.git.lines(["for-each-ref", "--format=%(objectname)", "refs/remotes"]);
  return await areFetched(clone, await originOf(clone, remotes), { commits: rest, depth: depth + 1 });
}

/** Whether tracked files are as in HEAD, also those that the index hides. Starts no process in a submodule. */
async function isClean(git: Git): Promise<boolean> {
  const status = ["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=dirty"];
  return (await git.read(status)) === "" && (await unseenFiles({ git, environment: {} })).length === 0;
}

const textIn = (folder: string, name: string) =>
  readPlainFile(pathBytes(`${folder}/${name}`), MAX_FILE_BYTES)?.toString("latin1") ?? "";
