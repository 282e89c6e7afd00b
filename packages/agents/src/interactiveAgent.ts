import type { Activity, RunnerSession } from "@clauderon/protocol";
import type { SeedFile } from "./agentAdapter.ts";

/**
 * The variable with the folder that an agent's hooks write their events to, one file `<agent's process id>-<number>.json` for
 * each. Of files that were written within one tick of the system's clock, the one with the greater number is the later.
 */
export const EVENTS_VARIABLE = "CLAUDERON_EVENTS";

/** What one session asks of an agent in a terminal. Paths are absolute. */
export interface InteractiveTask {
  readonly workingDirectory: string;
  /** The agent's HOME, which outlives it. */
  readonly home: string;
  readonly model: string | undefined;
  readonly permissionMode: RunnerSession["permissionMode"];
  /** The agent's own id of the conversation to go on with. */
  readonly conversationId: string | undefined;
  /** What the agent will see, its credential among it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How to start the agent in a terminal. Whoever starts it first writes the files, readable by the owner only. */
export interface InteractiveLaunch {
  readonly args: readonly string[];
  /** Variables the agent must see, whatever the environment says. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables it sees unless the environment sets them. */
  readonly defaults: Readonly<Record<string, string>>;
  /** JSON objects, to be merged into what the file holds already. */
  readonly files: readonly SeedFile[];
}

/** What a hook of the agent told; what is left out did not change. */
export interface AgentEvent {
  readonly activity?: Activity;
  /** The conversation that `resume` would go on with. */
  readonly conversationId?: string;
  /** A prompt has arrived with the agent. */
  readonly takesPrompt?: true;
  /** The agent is done with what it was asked. */
  readonly endsTurn?: true;
  /** The agent's last words of the turn that ends: untrusted, of any length, with any character. */
  readonly lastMessage?: string;
  /** Why the turn that ends has failed, such as what the model's API said: untrusted as `lastMessage` is. */
  readonly failure?: string;
}

/** What an agent in a terminal cannot tell or do, each as a sentence for people; what is left out it can. */
export interface AgentLimits {
  /** Telling that it is there, before anything is asked of it. */
  readonly startEvents?: string;
  /** Telling that a prompt has arrived, which is then typed once, and taken for arrived. */
  readonly promptEvents?: string;
  /** Telling that it waits for a permission. */
  readonly permissionEvents?: string;
  /** Telling that a turn has failed, and why. */
  readonly failureEvents?: string;
  /** Telling that it works, and that it asks a question that is none of permission. */
  readonly workEvents?: string;
  /** Going on with the conversation of an agent that was killed. */
  readonly resume?: string;
  /** Taking every prompt as text: what it takes for commands of its own. */
  readonly commands?: string;
  /** Permission modes that mean something else than elsewhere. */
  readonly permissionModes?: string;
}

/**
 * A coding agent in a terminal. Everything here is a pure function; `interactiveAgent.contract.ts` holds what every
 * adapter must keep. A prompt is typed into the agent's terminal, as a paste.
 */
export interface InteractiveAgent {
  /** Stable, as it appears in a session's spec: `claude-code`. */
  readonly name: string;
  /** The program, to be found on PATH. */
  readonly program: string;
  /** Variables that may hold the agent's credential. */
  readonly credentialVariables: readonly string[];
  readonly limits: AgentLimits;
  /** A prompt as it has to be typed for the agent to take it for one, and not for a command of its own. */
  asText(this: void, prompt: string): string;
  launch(task: InteractiveTask): InteractiveLaunch;
  /** What a file in the folder of EVENTS_VARIABLE tells; undefined when nothing. Never throws. */
  readEvent(text: string): AgentEvent | undefined;
}
