import { chmodSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Secret } from "@clauderon/base";
import { AGENT_CONFIG_FILE, type AgentConfig } from "@clauderon/protocol";
import type { RunPaths } from "./model/runEnvironment.ts";

/** The folder of one local run, below `<home>/runs`, readable by the user alone. */
export interface RunFolder {
  readonly path: string;
  readonly paths: RunPaths;
}

/**
 * Makes the folder of a run. A run that persists has a second folder, which later runs of the same AgentJob find again; its
 * clones are in there, unless the run works in worktrees of the user's own checkouts.
 */
export function createRunFolder(home: string, name: string, keep: { persist: boolean; worktrees: boolean }): RunFolder {
  const path = join(home, "runs", name);
  const persist = keep.persist ? join(home, "persist", name.replace(/\.[^.]*$/, "")) : undefined;
  const paths: RunPaths = {
    config: join(path, "config"),
    workspace: join(keep.worktrees ? path : (persist ?? path), "workspace"),
    home: join(path, "home"),
    temporary: join(path, "tmp"),
    gitTokens: join(path, "git-tokens"),
    terminationLog: join(path, "summary.json"),
    ...(persist === undefined ? {} : { persist }),
  };
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  if (persist !== undefined) mkdirSync(persist, { recursive: true, mode: 0o700 });
  for (const folder of [paths.config, paths.workspace, paths.home, paths.temporary, paths.gitTokens]) {
    mkdirSync(folder, { recursive: true });
  }
  return { path, paths };
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

/** Removes what only the running agent needed, tokens first; the summary, agent.json and the transcript stay. */
export function tidyRunFolder({ paths }: RunFolder): void {
  rmSync(paths.gitTokens, { recursive: true, force: true });
  rmSync(paths.temporary, { recursive: true, force: true });
  if (readdirSync(paths.workspace).length === 0) rmdirSync(paths.workspace);
}
