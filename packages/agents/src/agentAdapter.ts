import type { AgentConfig, RunFailure } from "@clauderon/protocol";

/** What one run asks of an agent, and where things are. Paths are absolute. */
export interface AgentTask {
  readonly config: AgentConfig;
  /** The agent's own folder, which may outlive the run: settings, skills, conversations. */
  readonly configFolder: string;
  /** A private folder for this run only; it is deleted when the run is over. */
  readonly scratchFolder: string;
  /** The checkouts the agent works on. */
  readonly checkouts: readonly string[];
}

/** How to start the agent without a terminal. Whoever starts it writes the files first, readable by the owner only. */
export interface Launch {
  readonly args: readonly string[];
  /** Variables the agent must see, whatever the environment says. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables it sees unless the environment sets them. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly files: readonly SeedFile[];
  /** The prompt, and whatever else goes in by stdin, which is closed after it. */
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
  /** All tokens that were sent to the model, those read from and written to its cache included. */
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
 * One coding agent: how it is started and what its output means. Everything here is a pure function; whoever calls it
 * starts the process. `agentAdapter.contract.ts` holds what every adapter must keep.
 */
export interface AgentAdapter {
  /** Stable, as it appears in summaries: `claude-code`. */
  readonly name: string;
  /** The program, to be found on PATH. */
  readonly program: string;
  /** Variables that may hold the agent's credential; their values are kept out of logs and transcripts. */
  readonly credentialVariables: readonly string[];
  /** The prompt and the instructions are in stdin or in files, never in arguments or the environment. */
  launch(task: AgentTask): Launch;
  /** Where the agent looks for a skill: the folder that shall hold SKILL.md. */
  skillFolder(configFolder: string, skill: string): string;
  /** The steps one line of stdout tells, in order; undefined when the line is none of the agent's. Never throws. */
  parseLine(line: string): readonly AgentStep[] | undefined;
}
