import type { Clock } from "@clauderon/base";
import { cleanText } from "@clauderon/base";
import { withoutSequences } from "@clauderon/terminal";

/** UTF-16 units of a line's text, so that the line with its prefix never exceeds 4 KiB of UTF-8. */
const MAX_TEXT = 1_300;
const MAX_LABEL = 40;

export interface JournalOptions {
  /** Writes one line with its newline. It may block, which delays the agent's output. */
  readonly write: (line: string) => void;
  readonly clock: Clock;
}

/**
 * The run's log: one line for each event, with the time (UTC). Every text passes through here, which removes secrets and
 * everything that a terminal acts on, and limits the length.
 */
export class Journal {
  readonly #options: JournalOptions;
  #redact: (text: string) => string = (text) => text;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** From now on, applies this to each text first. */
  redactWith(redact: (text: string) => string): void {
    this.#redact = redact;
  }

  /** The text without secrets, for output that does not go through the log. */
  redact(text: string): string {
    return this.#redact(text);
  }

  line(label: string, text: string): void {
    const time = new Date(this.#options.clock.now()).toISOString().slice(11, 19);
    const head = oneLine(this.#redact(label), MAX_LABEL).padEnd(8);
    this.#options.write(`${time} ${head} ${oneLine(this.#redact(text), MAX_TEXT)}\n`);
  }
}

const oneLine = (text: string, max: number): string =>
  cleanText(withoutSequences(text.slice(0, 4 * max)), max).replace(/[\t\n\u2028\u2029]+/g, " ");
