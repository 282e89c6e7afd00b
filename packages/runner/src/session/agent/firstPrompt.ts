import { Fault, faultText } from "@clauderon/base";
import type { PromptTyper } from "./promptTyper.ts";
import type { SessionFolder } from "../disk/sessionFolder.ts";
import type { StatusBoard } from "./statusBoard.ts";

/**
 * The prompt that a session begins with: kept on disk until the agent has it, and typed whenever the agent could take it.
 * A conversation that is known was begun by it, so that it is not said twice when a runner is killed in between.
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

  /** Sends it, if there is one and the agent runs. */
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
      // Kept: the next change of the agent's state is another chance.
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
