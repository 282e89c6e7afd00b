import { Fault, faultText } from "@clauderon/base";
import type { PromptTyper } from "./promptTyper.ts";
import type { SessionFolder } from "../disk/sessionFolder.ts";
import type { StatusBoard } from "./statusBoard.ts";

/**
 * The first prompt of a session: on disk until the agent has received it, and typed as soon as the agent can take it. A
 * known conversation has begun with this prompt, so it is not sent twice when a runner is killed in between.
 */
export class FirstPrompt {
  readonly #folder: SessionFolder;
  readonly #typer: PromptTyper;
  readonly #board: StatusBoard;
  readonly #log: (message: string) => void;
  #isOnItsWay = false;

  constructor({ folder, typer, board, log }: FirstPromptOptions) {
    this.#folder = folder;
    this.#typer = typer;
    this.#board = board;
    this.#log = log;
    if (board.status.conversationId !== undefined) folder.removePrompt();
    board.listen(() => this.deliver());
  }

  /** Sends the prompt, if there is one and the agent is running. */
  deliver(): void {
    const { state, activity } = this.#board.status;
    const isFree = state === "Running" && (activity === "Unknown" || activity === "Idle");
    if (!isFree || this.#isOnItsWay) return;
    const prompt = this.#folder.readPrompt();
    if (prompt === undefined) return;
    this.#isOnItsWay = true;
    void this.#send(prompt);
  }

  async #send(prompt: string): Promise<void> {
    try {
      await this.#typer.send(prompt);
      this.#folder.removePrompt();
    } catch (thrown) {
      // It is kept: the next change of the agent's state tries again.
      this.#log(thrown instanceof Fault ? faultText(thrown) : String(thrown));
    } finally {
      this.#isOnItsWay = false;
    }
  }
}

export interface FirstPromptOptions {
  readonly folder: SessionFolder;
  readonly typer: PromptTyper;
  readonly board: StatusBoard;
  readonly log: (message: string) => void;
}
