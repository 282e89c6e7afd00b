import type { Clock } from "@clauderon/base";
import type { RunnerSession } from "@clauderon/protocol";
import type { CommandSetup } from "./channels/command.ts";
import type { PromptTyper } from "./agent/promptTyper.ts";
import type { StatusBoard } from "./agent/statusBoard.ts";
import type { TerminalHub } from "./terminal/terminalHub.ts";
import type { Workspace } from "./disk/workspace.ts";

/** What a connection can ask for. */
export interface SessionHost {
  readonly session: RunnerSession;
  readonly hub: TerminalHub;
  readonly board: StatusBoard;
  readonly typer: PromptTyper;
  readonly workspace: Workspace;
  readonly clock: Clock;
  /** Where commands run. */
  readonly commands: CommandSetup;
  /** Starts the agent unless it is running; stores the prompt when this is the session's first start. */
  start(prompt: string | undefined): void;
  /** Ends the agent, and settles when everything it started is gone. */
  end(): Promise<void>;
  /** Ends agent and runner. */
  stop(): void;
  /** Work that the runner's end waits for. */
  await(work: Promise<void>): void;
  readonly log: (message: string) => void;
}
