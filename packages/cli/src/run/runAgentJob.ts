import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AgentJob, renderAgentConfig, type ResolvedAgentJob } from "@clauderon/api";
import { Fault, Secret } from "@clauderon/base";
import { parseRunSummary, RUN_EXIT, type RunSummary } from "@clauderon/protocol";
import type { CliConfig } from "../config.ts";
import { type RunningChild, runCommand, startChild } from "../process.ts";
import type { FinishedRun, FinishedWork, Worktree } from "./model/finishedRun.ts";
import { findCredential, runEnvironment } from "./model/runEnvironment.ts";
import type { ManifestValues } from "./model/valuesFrom.ts";
import { createRunFolder, type RunFolder, tidyRunFolder, writeAgentConfig, writeGitToken } from "./runFolder.ts";
import { addWorktree, cleanUpWorktree, readWork } from "./worktree.ts";

/** What to run, on what, and where its steps are shown. */
export interface LocalRun {
  readonly resolved: ResolvedAgentJob;
  readonly values: ManifestValues;
  /** Checkouts of this machine by the name of the Repository they stand for. */
  readonly checkouts: ReadonlyMap<string, string>;
  /** File descriptor for the runner's lines. */
  readonly output: number;
  /** Called once with the running child, so that a signal can stop it. */
  readonly onStart: (child: RunningChild) => void;
}

/**
 * Runs an AgentJob on this machine to its end, with the runner that runs it in a pod. Repositories with a checkout here get a
 * worktree on a branch of their own; the others are cloned. Nothing that the agent made is removed: what stays is told.
 */
export async function runAgentJob(run: LocalRun, config: CliConfig): Promise<FinishedRun> {
  const { job } = run.resolved;
  const env = await environmentFor(run, config);
  const name = freeRunName(config.home, job.metadata.name);
  const folder = createRunFolder(config.home, name, {
    persist: job.spec.persist === true,
    worktrees: run.checkouts.size > 0,
  });
  writeAgentConfig(folder, renderAgentConfig(run.resolved));
  const worktrees = await prepareRepositories(run, folder);
  try {
    const child = startChild(process.execPath, [runnerProgram()], {
      cwd: folder.paths.workspace,
      env: env(folder),
      stdout: run.output,
      stderr: 2,
    });
    run.onStart(child);
    const exitCode = await child.exited;
    const works = await finishWorktrees(worktrees);
    return { name, folder: folder.path, exitCode, summary: readSummary(folder), works };
  } finally {
    tidyRunFolder(folder);
  }
}

/** Everything that can be wrong with the inputs is found here, before anything is made. */
async function environmentFor(
  run: LocalRun,
  config: CliConfig,
): Promise<(folder: RunFolder) => Record<string, string>> {
  const { job, auth, runtime } = run.resolved;
  const { authEnvVar } = runtime.spec;
  const { name, key } = auth.spec.secretRef;
  const own = config.environment[authEnvVar];
  const credential = findCredential(
    authEnvVar,
    run.values.secret(name, key),
    own === undefined ? undefined : new Secret(own),
  );
  const variables = { ...(await gitIdentity(config.workingDirectory)), ...run.values.variables(job) };
  const timeoutSeconds = job.spec.timeoutSeconds ?? 3600;
  return ({ paths }) => ({
    ...runEnvironment({ paths, timeoutSeconds, authEnvVar, credential, variables, environment: config.environment }),
  });
}

/** Commits made on this machine carry the user's own name, as git knows it here. */
async function gitIdentity(cwd: string): Promise<Record<string, string>> {
  const read = async (key: string): Promise<string> =>
    (await runCommand("git", ["config", "--get", key], cwd)).stdout.trim();
  const [name, email] = [await read("user.name"), await read("user.email")];
  if (name === "" || email === "") return {};
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}

async function prepareRepositories(run: LocalRun, folder: RunFolder): Promise<readonly [string, Worktree][]> {
  const worktrees: [string, Worktree][] = [];
  for (const { metadata, spec } of run.resolved.repositories) {
    const checkout = run.checkouts.get(metadata.name);
    if (checkout !== undefined) {
      const path = join(folder.paths.workspace, metadata.name);
      worktrees.push([metadata.name, await addWorktree(checkout, run.resolved.job.metadata.name, path)]);
      continue;
    }
    const ref = spec.tokenSecretRef;
    const token = ref === undefined ? undefined : run.values.secret(ref.name, ref.key);
    if (token !== undefined) writeGitToken(folder, metadata.name, token);
  }
  return worktrees;
}

async function finishWorktrees(worktrees: readonly [string, Worktree][]): Promise<FinishedWork[]> {
  const finished: FinishedWork[] = [];
  for (const [name, worktree] of worktrees) {
    const work = await readWork(worktree);
    finished.push({ name, worktree, work, kept: await cleanUpWorktree(worktree, work) });
  }
  return finished;
}

function readSummary({ paths }: RunFolder): RunSummary | undefined {
  try {
    return parseRunSummary(readFileSync(paths.terminationLog, "utf8"));
  } catch {
    return undefined;
  }
}

/** `<job>.<n>`: the smallest number not taken below `<home>/runs`. */
function freeRunName(home: string, job: string): string {
  const taken = new Set(existing(join(home, "runs")));
  for (let count = 1; ; count++) {
    if (!taken.has(`${job}.${count}`)) return `${job}.${count}`;
  }
}

function existing(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function runnerProgram(): string {
  return fileURLToPath(import.meta.resolve("@clauderon/runner/bin"));
}

/** The Fault that a run which did not succeed stands for; undefined when it succeeded. */
export function faultOf(job: AgentJob, run: FinishedRun): Fault | undefined {
  if (run.exitCode === RUN_EXIT.succeeded) return undefined;
  const code = run.exitCode === RUN_EXIT.timedOut ? "TIMEOUT" : "AGENT_FAILED";
  const { reason = "AgentCrashed", message = `the runner exited with ${run.exitCode}` } = run.summary ?? {};
  return new Fault(code, `AgentJob "${job.metadata.name}" failed: ${reason}: ${message}`, {
    hint: `docs/errors.md explains ${reason}; the run's files are in ${run.folder}`,
  });
}
