import type { AgentConfig, RunFailure } from "@clauderon/protocol";

/** What one run asks of an agent, and where its files are. Paths are absolute. */
export interface AgentTask {
  readonly config: AgentConfig;
  /** The agent's own folder, which may outlive the run: settings, skills, conversations. */
  readonly configFolder: string;
  /** A private folder for this run only; it is deleted when the run ends. */
  readonly scratchFolder: string;
  /** The checkouts the agent works on. */
  readonly checkouts: readonly string[];
}

/** How to start the agent without a terminal. The caller first writes the files, readable only by their owner. */
export interface Launch {
  readonly args: readonly string[];
  /** Variables the agent must see; they override the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables it sees unless the environment sets them. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly files: readonly SeedFile[];
  /** The prompt and all other input; stdin is closed after it. */
  readonly stdin: string;
}

export interface SeedFile {
  readonly path: string;
  readonly content: string;
}

/** One thing an agent did or said. Texts are the agent's own: untrusted, of any length, with any character. */
export type AgentStep =
  | { readonly type: "init"; readonly sessionId?: string; readonly model?: string; readonly detail: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "toolUse"; readonly tool: string; readonly argument: string }
  | { readonly type: "toolResult"; readonly text: string; readonly failed: boolean }
  | { readonly type: "retry"; readonly detail: string; readonly delayMs?: number }
  | ResultStep
  | { readonly type: "other"; readonly name: string };

/** The agent's own account of the run. It may come more than once; the last one counts. */
export interface ResultStep {
  readonly type: "result";
  readonly verdict: Verdict;
  /** The agent's last message. */
  readonly text?: string;
  readonly turns?: number;
  /** All tokens sent to the model, including those read from and written to its cache. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUSD?: number;
  readonly durationMs?: number;
}

/** Whether the agent says it succeeded; `status` is the HTTP status of the model API when that was the cause. */
export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: RunFailure; readonly detail: string; readonly status?: number };

/**
 * One coding agent: how it is started and what its output means. All functions here are pure; the caller starts the
 * process.
 * `agentAdapter.contract.ts` has the contract of every adapter.
 */
export interface AgentAdapter {
  /** Stable, as it appears in summaries: `claude-code`. */
  readonly name: string;
  /** The program; it is looked up on PATH. */
  readonly program: string;
  /** Variables that may hold the agent's credential; their values are kept out of logs and transcripts. */
  readonly credentialVariables: readonly string[];
  /** The prompt and the instructions are in stdin or in files, never in arguments or the environment. */
  launch(task: AgentTask): Launch;
  /** The folder in which the agent looks for the skill's SKILL.md. */
  skillFolder(configFolder: string, skill: string): string;
  /**
   * The steps that one line of stdout reports, in order; undefined when the agent did not write the line. Never throws.
   */
  parseLine(line: string): readonly AgentStep[] | undefined;
}
