import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentConfig, parseRunSummary, type RunSummary } from "@clauderon/protocol";
import { onTestFinished } from "vitest";
import { collectText, fixtureAgent, RUNNER } from "../../kit/programs.ts";

/** Patience for `expect.poll`: a process must start, on a busy machine. */
export const POLL = { timeout: 20_000, interval: 20 };

const MINIMAL: AgentConfig = { prompt: "Do it.", allowedTools: [], mcpServers: [], repositories: [] };

export interface RunnerOptions {
  /** An executable of test/kit/agents; without it the real Claude Code runs. */
  readonly agent?: string;
  /** agent.json: the members that matter, or the whole text. */
  readonly config?: Partial<AgentConfig> | string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Repository name → token. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** A folder of an earlier run, to run in again. */
  readonly folder?: string;
  readonly persist?: boolean;
}

export interface EndedRun {
  readonly exitCode: number | null;
  readonly lines: readonly string[];
  readonly stderr: string;
  readonly summary: RunSummary | undefined;
  readonly folder: string;
}

export interface StartedRun {
  readonly pid: number;
  readonly folder: string;
  /** What the log holds so far. */
  readonly text: () => string;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<EndedRun>;
}

/** Runs the real clauderon-runner to its end. */
export async function runRunner(options: RunnerOptions): Promise<EndedRun> {
  return (await startRunner(options)).ended;
}

/** Starts the real clauderon-runner in its own folder, which is deleted after the test. */
export async function startRunner(options: RunnerOptions): Promise<StartedRun> {
  const folder = options.folder ?? (await newFolder());
  await writeInputs(folder, options);
  const child = spawn("node", [RUNNER], { env: { ...environmentOf(folder, options), ...options.environment } });
  const [stdout, stderr] = [collectText(child.stdout), collectText(child.stderr)];
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "close").then(async ([code]): Promise<EndedRun> => {
    const termination = await readFile(join(folder, "termination-log"), "utf8").catch(() => "");
    return {
      exitCode: code as number | null,
      lines: stdout().trimEnd().split("\n"),
      stderr: stderr(),
      summary: parseRunSummary(termination),
      folder,
    };
  });
  return { pid: child.pid ?? 0, folder, text: stdout, signal: (name) => void child.kill(name), ended };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "runner-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of ["config", "home", "tmp", "tokens"]) await mkdir(join(folder, name));
  return folder;
}

async function writeInputs(folder: string, { config, tokens = {} }: RunnerOptions): Promise<void> {
  const text = typeof config === "string" ? config : JSON.stringify({ ...MINIMAL, ...config });
  await writeFile(join(folder, "config/agent.json"), text);
  for (const [name, token] of Object.entries(tokens)) {
    await mkdir(join(folder, "tokens", name), { recursive: true });
    await writeFile(join(folder, "tokens", name, "token"), token, { mode: 0o400 });
  }
}

function environmentOf(folder: string, { agent, persist }: RunnerOptions): Record<string, string> {
  const persistPath = join(folder, "persist");
  return {
    PATH: process.env.PATH ?? "",
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    THURKUBE_CONFIG_PATH: join(folder, "config"),
    THURKUBE_WORKSPACE: join(folder, "workspace"),
    THURKUBE_GIT_TOKENS: join(folder, "tokens"),
    THURKUBE_TERMINATION_LOG: join(folder, "termination-log"),
    ...(persist === true ? { THURKUBE_PERSIST_PATH: persistPath } : {}),
    ...(agent === undefined ? {} : { CLAUDERON_AGENT: "scripted", CLAUDERON_AGENT_COMMAND: fixtureAgent(agent) }),
  };
}
