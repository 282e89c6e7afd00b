import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Fault, messageOf, type Secret } from "@clauderon/base";
import { AGENT_CONFIG_FILE, type AgentConfig } from "@clauderon/protocol";
import type { RunPaths } from "./model/runEnvironment.ts";
import { OWNERS_FILE } from "./runRecord.ts";

/** The folder of one local run, below `<home>/runs`, readable by the user alone. */
export interface RunFolder {
  /** `<job>.<n>`, with the smallest free number. */
  readonly name: string;
  readonly path: string;
  readonly paths: RunPaths;
}

/** What a run keeps for the next one. */
export interface Keep {
  /** The folder for what the agent keeps; undefined when it keeps nothing. */
  readonly persist: string | undefined;
  /** Whether its clones are kept too; worktrees of the user's checkouts never are. */
  readonly clones: boolean;
}

/** Makes the folder of a run; runs that start at the same time get different folders. */
export function createRunFolder(home: string, job: string, { persist, clones }: Keep): RunFolder {
  const runs = join(home, "runs");
  const own = runFolderAt(runs, claimName(runs, job));
  const paths: RunPaths = {
    ...own.paths,
    workspace: join(clones ? (persist ?? own.path) : own.path, "workspace"),
    ...(persist === undefined ? {} : { persist }),
  };
  addOwner(own, process.pid);
  for (const folder of [paths.config, paths.home, paths.temporary, paths.gitTokens]) mkdirSync(folder);
  mkdirSync(paths.workspace, { recursive: true });
  return { ...own, paths };
}

/** The folder of a run that keeps nothing for the next. */
export function runFolderAt(runs: string, name: string): RunFolder {
  const path = join(runs, name);
  const paths: RunPaths = {
    config: join(path, "config"),
    workspace: join(path, "workspace"),
    home: join(path, "home"),
    temporary: join(path, "tmp"),
    gitTokens: join(path, "git-tokens"),
    terminationLog: join(path, "summary.json"),
  };
  return { name, path, paths };
}

/** While that process runs, `sweepRuns` leaves the run alone. */
export function addOwner({ path }: Pick<RunFolder, "path">, pid: number): void {
  appendFileSync(join(path, OWNERS_FILE), `${pid}\n`);
}

function claimName(runs: string, job: string): string {
  try {
    mkdirSync(runs, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Fault("CONFIG_INVALID", `Cannot create the folder ${runs}: ${messageOf(cause)}`, {
      cause,
      hint: "Set CLAUDERON_HOME to a folder you can write to",
    });
  }
  for (let count = 1; ; count++) {
    const name = `${job}.${count}`;
    if (makeFolder(join(runs, name))) return name;
  }
}

/** False when the folder already exists. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw thrown;
  }
}

/** Writes agent.json where the runner looks for it. */
export function writeAgentConfig({ paths }: RunFolder, config: AgentConfig): void {
  writeFileSync(join(paths.config, AGENT_CONFIG_FILE), `${JSON.stringify(config, null, 2)}\n`);
}

/** Writes the token of one Repository where the runner's credential helper looks for it. */
export function writeGitToken({ paths }: RunFolder, repository: string, token: Secret): void {
  const folder = join(paths.gitTokens, repository);
  mkdirSync(folder);
  writeFileSync(join(folder, "token"), token.reveal(), { mode: 0o600 });
}

/**
 * Removes what only the running agent needed: tokens, and its HOME, where it may have left its credential. It keeps
 * agent.json, the summary, the transcript (if there is one, its path is returned), and work that exists nowhere else. What is
 * `kept` of HOME and of temporary files moves to the folder `kept`. Safe to call twice.
 */
export function tidyRunFolder({ path, paths }: RunFolder, kept: readonly Buffer[] = []): string | undefined {
  const transcript = join(path, "transcript.jsonl");
  const hasTranscript = tryRename(join(paths.home, ".clauderon", "transcript.jsonl"), transcript);
  if (kept.length > 0) mkdirSync(join(path, KEPT_FOLDER), { recursive: true });
  for (const [index, folder] of kept.entries()) renameSync(folder, join(path, KEPT_FOLDER, String(index + 1)));
  for (const folder of [paths.gitTokens, paths.temporary, paths.home]) removeTree(folder);
  if (existsSync(paths.workspace) && readdirSync(paths.workspace).length === 0) rmdirSync(paths.workspace);
  rmSync(join(path, OWNERS_FILE), { force: true });
  return hasTranscript ? transcript : undefined;
}

/** In a run's folder. */
export const KEPT_FOLDER = "kept";

/** Removes a run's folder with everything in it. */
export function dropRunFolder({ path }: RunFolder): void {
  removeTree(path);
}

/** False when there is nothing to rename. */
function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw thrown;
  }
}

/** Removes a folder with all its content, including what is write-protected, as package caches are. */
function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    for (const entry of entries) if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o700);
    rmSync(path, { recursive: true, force: true });
  }
}
