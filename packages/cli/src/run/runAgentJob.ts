import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderAgentConfig } from "@clauderon/kinds";
import { Fault, messageOf } from "@clauderon/base/fault";
import { parseRunSummary, type RunSummary } from "@clauderon/protocol";
import type { CliConfig } from "../config.ts";
import { exitCodeOf } from "@clauderon/process/exit";
import { startLogged } from "@clauderon/process/start";
import { repositoriesIn, rescueBeside } from "@clauderon/git/finished-work";
import { Git } from "@clauderon/git/git";
import { writeAgentGit } from "@clauderon/git/write-agent-git";
import type { FinishedRepository, FinishedRun, RescuedRef } from "./model/finishedRun.ts";
import { findInputs, type Inputs, type LocalRun } from "./inputs.ts";
import { type PersistFolder, takePersistFolder } from "./persistFolder.ts";
import {
  addOwner,
  createRunFolder,
  dropRunFolder,
  KEPT_FOLDER,
  type RunFolder,
  tidyRunFolder,
  writeAgentConfig,
  writeGitToken,
} from "./runFolder.ts";
import { followFile } from "./followFile.ts";
import { STEPS_FILE, writeRunRecord } from "./runRecord.ts";
import { sweepRuns } from "./sweepRuns.ts";
import { addWorktree, dropWorktree, finishClone, finishWorktree, type Worktree } from "./worktree.ts";

/**
 * Runs an AgentJob on this machine to its end, with the runner that pods use. A Repository with a checkout here gets a
 * worktree on a new branch; the others are cloned.
 *
 * Nothing that the agent made is removed; the result says what is kept. When the run cannot begin, or is stopped before
 * it does, nothing is left behind.
 */
export async function runAgentJob(run: LocalRun, config: CliConfig): Promise<FinishedRun> {
  await sweepRuns(config);
  const inputs = await findInputs(run, config);
  const { job } = run.resolved;
  const { name } = job.metadata;
  const persist = job.spec.persist ? takePersistFolder(config.home, name, process.pid) : undefined;
  const keep = { persist: persist?.path, clones: run.checkouts.size === 0 };
  try {
    return await runIn(createRunFolder(config.home, name, keep), { run, config, inputs, persist });
  } finally {
    persist?.release();
  }
}

interface Begun {
  readonly run: LocalRun;
  readonly config: CliConfig;
  readonly inputs: Inputs;
  readonly persist: PersistFolder | undefined;
}

async function runIn(folder: RunFolder, begun: Begun): Promise<FinishedRun> {
  const { run, inputs, persist } = begun;
  const worktrees = await prepare(folder, begun);
  const exitCode = await runRunner(folder, run, inputs).catch((thrown: unknown) => {
    tidyRunFolder(folder);
    throw thrown;
  });
  const repositories = await finishRepositories(folder, begun, worktrees);
  const { rescued, unkept } = await rescueFromHome(folder, begun, repositories);
  for (const text of unkept) run.note(`${text}. It moves to ${join(folder.path, KEPT_FOLDER)}`);
  const homes = [folder.paths.home, folder.paths.temporary];
  const kept = unkept.length === 0 ? [] : await repositoriesIn(homes, begun.config.environment);
  const summary = readSummary(folder);
  const transcript = tidyRunFolder(folder, kept);
  return {
    agentJob: run.resolved.job.metadata.name,
    run: folder.name,
    folder: folder.path,
    ...(transcript === undefined ? {} : { transcript }),
    ...(persist === undefined ? {} : { persistFolder: persist.path }),
    exitCode,
    ...(summary === undefined ? {} : { summary }),
    ...(rescued.length === 0 ? {} : { rescued }),
    repositories,
  };
}

/** Prepares everything, or leaves nothing behind. */
async function prepare(folder: RunFolder, { run, config, inputs }: Begun): Promise<ReadonlyMap<string, Worktree>> {
  const git = Git.asTyped(config.workingDirectory, config.environment, run.stop);
  const worktrees = new Map<string, Worktree>();
  try {
    run.stop.throwIfAborted();
    writeAgentConfig(folder, renderAgentConfig(run.resolved));
    const { home } = folder.paths;
    if (inputs.git !== undefined) writeAgentGit(inputs.git, { folder: join(home, ".clauderon"), home });
    for (const [name, token] of inputs.gitTokens) writeGitToken(folder, name, token);
    for (const [name, checkout] of inputs.checkouts) {
      const at = { name: run.resolved.job.metadata.name, path: join(folder.paths.workspace, name) };
      worktrees.set(name, await addWorktree(git, checkout, at));
    }
    run.stop.throwIfAborted();
    writeRunRecord(folder.path, {
      agentJob: run.resolved.job.metadata.name,
      agent: config.environment["CLAUDERON_AGENT"] || "claude-code",
      createdTime: new Date().toISOString(),
      branches: [...worktrees.values()].map(({ branch }) => branch),
    });
    return worktrees;
  } catch (thrown) {
    for (const worktree of worktrees.values()) await dropWorktree(git.unstopped, worktree);
    dropRunFolder(folder);
    run.stop.throwIfAborted();
    throw thrown;
  }
}

/** The runner writes to a file, from which this command and every `attach` show its lines. */
async function runRunner(folder: RunFolder, run: LocalRun, inputs: Inputs): Promise<number> {
  const { paths } = folder;
  const steps = join(folder.path, STEPS_FILE);
  const file = openSync(steps, "a", 0o600);
  const child = await startLogged(process.execPath, [fileURLToPath(import.meta.resolve("@clauderon/runner/bin"))], {
    cwd: paths.workspace,
    environment: inputs.environmentFor(paths),
    stdout: file,
    stderr: 2,
  }).finally(() => closeSync(file));
  addOwner(folder, child.pid);
  const stop = () => {
    run.note("Stopping the agent. Its work is kept");
    child.signal("SIGTERM");
  };
  run.stop.addEventListener("abort", stop, { once: true });
  try {
    await followFile(steps, (bytes) => void run.output.write(bytes), child.exited);
    return exitCodeOf(await child.exited, constants.signals);
  } finally {
    run.stop.removeEventListener("abort", stop);
  }
}

async function finishRepositories(
  { paths }: RunFolder,
  { run, config }: Begun,
  worktrees: ReadonlyMap<string, Worktree>,
): Promise<readonly FinishedRepository[]> {
  const git = Git.ofAgent(config.workingDirectory, config.environment);
  const finished: FinishedRepository[] = [];
  for (const { metadata } of run.resolved.repositories) {
    const worktree = worktrees.get(metadata.name);
    const path = join(paths.workspace, metadata.name);
    if (worktree === undefined && !existsSync(path)) continue; // the clone failed
    try {
      finished.push(
        worktree === undefined
          ? await finishClone(git, metadata.name, path)
          : await finishWorktree(git, metadata.name, worktree),
      );
    } catch (thrown) {
      const problem = messageOf(thrown);
      finished.push({ name: metadata.name, path, commits: [], diffStat: "", uncommitted: [], problem });
    }
  }
  return finished;
}

/** The home and the temporary folder go: what repositories and worktrees there hold comes into those of the run. */
async function rescueFromHome(
  { name, paths }: RunFolder,
  { config }: Begun,
  repositories: readonly FinishedRepository[],
): Promise<{ readonly rescued: readonly RescuedRef[]; readonly unkept: readonly string[] }> {
  const folders = [paths.home, paths.temporary];
  const rescued: RescuedRef[] = [];
  const unkept: string[] = [];
  for (const [index, { checkout, path }] of repositories.entries()) {
    const repository = checkout ?? path;
    if (repository === undefined) continue;
    const user = Git.ofUser(repository, config.environment);
    const git = checkout === undefined ? user.inTreeOfAgent(repository) : user;
    try {
      const beside = await rescueBeside(git, { name, folders, isFirst: index === 0 });
      if (beside.rescuedRef !== undefined) rescued.push({ repository, ref: beside.rescuedRef });
      unkept.push(...beside.unkept);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      unkept.push(`Work in the agent's home cannot be saved: ${messageOf(thrown)}`);
    }
  }
  return { rescued, unkept };
}

function readSummary({ paths }: RunFolder): RunSummary | undefined {
  try {
    return parseRunSummary(readFileSync(paths.terminationLog, "utf8"));
  } catch {
    return undefined;
  }
}
