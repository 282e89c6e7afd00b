import type { InteractiveAgent } from "@clauderon/agents";
import { type Clock, Fault } from "@clauderon/base";
import { ENTER, typedPrompt } from "./model/typedPrompt.ts";
import type { StatusBoard } from "./statusBoard.ts";
import type { TerminalHub } from "../terminal/terminalHub.ts";

/** How often to check whether a program is ready, since it does not report that. */
const LOOK_MS = 50;
/** How long an agent may take before it reads its terminal. */
const READY_MS = 60_000;
/** How long an agent that takes pastes may take to report its start; after that, it gets its prompt anyway. */
const GREETING_MS = 10_000;
/** Time for the agent to process a paste before Enter; an Enter that comes too early becomes a newline in the paste. */
const SETTLE_MS = 300;
/** How often, and how many times, Enter is repeated for a prompt that did not arrive. */
const RESEND_MS = 2_000;
const RESENDS = 5;

export interface PromptTyperOptions {
  readonly hub: TerminalHub;
  readonly board: StatusBoard;
  readonly clock: Clock;
  readonly agent: Pick<InteractiveAgent, "limits" | "asText">;
}

/** Types prompts into the agent's terminal, one after the other, and checks that they arrive. */
export class PromptTyper {
  readonly #hub: TerminalHub;
  readonly #board: StatusBoard;
  readonly #clock: Clock;
  readonly #tellsPrompts: boolean;
  readonly #tellsStart: boolean;
  readonly #asText: (prompt: string) => string;
  #last: Promise<unknown> = Promise.resolve();
  #arrived: AbortController | undefined;

  constructor({ hub, board, clock, agent }: PromptTyperOptions) {
    this.#hub = hub;
    this.#board = board;
    this.#clock = clock;
    this.#tellsPrompts = agent.limits.promptEvents === undefined;
    this.#tellsStart = agent.limits.startEvents === undefined;
    this.#asText = agent.asText;
  }

  /** The agent has reported that a prompt arrived. */
  arrived(): void {
    this.#arrived?.abort();
  }

  /**
   * Settles when the agent has received the prompt; for an agent that is working, or does not report prompts, when it
   * was typed and sent. AGENT_UNAVAILABLE when no agent reads the terminal, when it does not take the prompt, or when
   * it waits for an answer, since it would take the prompt as that answer.
   */
  send(prompt: string): Promise<void> {
    const sent = this.#last.then(() => this.#send(prompt));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  async #send(prompt: string): Promise<void> {
    await this.#untilReady();
    // An agent that is working takes the prompt when it is done, which may be much later.
    const isBusy = this.#board.status.activity === "Working";
    this.#arrived = new AbortController();
    await this.#hub.type(Buffer.from(typedPrompt(this.#asText(prompt))));
    await this.#clock.sleep(SETTLE_MS);
    for (let tries = 0; tries <= RESENDS; tries += 1) {
      await this.#hub.type(Buffer.from(ENTER));
      if (isBusy || !this.#tellsPrompts) return;
      await this.#clock.sleep(RESEND_MS, this.#arrived.signal);
      if (this.#arrived.signal.aborted) return;
    }
    throw unavailable("did not take the prompt", "Attach and look at its screen");
  }

  async #untilReady(): Promise<void> {
    for (let waited = 0; waited < READY_MS; waited += LOOK_MS) {
      const { state, activity } = this.#board.status;
      if (state === "Exited") throw unavailable("has ended", "Start it again");
      if (activity === "WaitingForPermission" || activity === "WaitingForInput") {
        throw unavailable("waits for an answer to its question", "Run `clauderon attach` and answer it first");
      }
      const isThere = activity !== "Unknown" || !this.#tellsStart || waited >= GREETING_MS;
      if (state === "Running" && this.#hub.takesPastes && isThere) return;
      await this.#clock.sleep(LOOK_MS);
    }
    throw unavailable(`does not read its terminal after ${READY_MS / 1_000} s`, "Attach and look at its screen");
  }
}

const unavailable = (what: string, hint: string) => new Fault("AGENT_UNAVAILABLE", `The agent ${what}`, { hint });
