import type { Activity, RunnerSession } from "@clauderon/protocol";
import type { SeedFile } from "./agentAdapter.ts";

/**
 * The variable with the folder in which an agent's hooks write their events, one file `<agent's process
 * id>-<number>.json` for each. Of files written within one tick of the system clock, the one with the greater number is
 * the later one.
 */
export const EVENTS_VARIABLE = "CLAUDERON_EVENTS";

/** What one session asks of an agent in a terminal. Paths are absolute. */
export interface InteractiveTask {
  readonly workingDirectory: string;
  /** The agent's HOME, which outlives it. */
  readonly home: string;
  readonly model: string | undefined;
  readonly permissionMode: RunnerSession["permissionMode"];
  /** Whether a sandbox confines the agent. */
  readonly isSandboxed: boolean;
  /** The agent's own id of the conversation to resume. */
  readonly conversationId: string | undefined;
  /** The variables that the agent will see, including its credential. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How to start the agent in a terminal. The caller first writes the files, readable only by their owner. */
export interface InteractiveLaunch {
  readonly args: readonly string[];
  /** Variables the agent must see; they override the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables it sees unless the environment sets them. */
  readonly defaults: Readonly<Record<string, string>>;
  /** JSON objects; each is merged into the existing content of its file. */
  readonly files: readonly SeedFile[];
}

/** What a hook of the agent reported; an absent field has not changed. */
export interface AgentEvent {
  readonly activity?: Activity;
  /** The conversation that `resume` would continue. */
  readonly conversationId?: string;
  /** The agent has received a prompt. */
  readonly takesPrompt?: true;
  /** The agent has finished its turn. */
  readonly endsTurn?: true;
  /** The agent's last message of the turn that ends: untrusted, of any length, with any character. */
  readonly lastMessage?: string;
  /** Why the turn failed, such as the answer of the model's API: untrusted, like `lastMessage`. */
  readonly failure?: string;
}

/**
 * What an agent in a terminal cannot report or do, each as a sentence for people. The agent can do what is absent here.
 */
export interface AgentLimits {
  /** Reporting that it has started, before anyone asks it anything. */
  readonly startEvents?: string;
  /** Reporting that a prompt has arrived. Without it, the prompt is typed once and assumed to have arrived. */
  readonly promptEvents?: string;
  /** Reporting that it waits for a permission. */
  readonly permissionEvents?: string;
  /** Reporting that a turn has failed, and why. */
  readonly failureEvents?: string;
  /** Reporting that it works, and that it asks a question other than for a permission. */
  readonly workEvents?: string;
  /** Resuming the conversation of an agent that was killed. */
  readonly resume?: string;
  /** Taking every prompt as text: which prompts it takes for commands of its own. */
  readonly commands?: string;
  /** Permission modes that mean something different here than for other agents. */
  readonly permissionModes?: string;
}

/**
 * A coding agent in a terminal. All functions here are pure; `interactiveAgent.contract.ts` has the contract of every
 * adapter. A prompt is typed into the agent's terminal, as a paste.
 */
export interface InteractiveAgent {
  /** Stable, as it appears in a session's spec: `claude-code`. */
  readonly name: string;
  /** The program; it is looked up on PATH. */
  readonly program: string;
  /** Variables that may hold the agent's credential. */
  readonly credentialVariables: readonly string[];
  readonly limits: AgentLimits;
  /** A prompt in the form in which the agent takes it as a prompt, and not as a command of its own. */
  asText(this: void, prompt: string): string;
  launch(task: InteractiveTask): InteractiveLaunch;
  /** What a file in the folder of EVENTS_VARIABLE reports; undefined when it reports nothing. Never throws. */
  readEvent(text: string): AgentEvent | undefined;
}
