import type { CommandContext } from "../commandContext.ts";

/**
 * What a command waits for, on standard error: a terminal gets one line that is redrawn, other outputs a line for each
 * change. `end` removes the line.
 */
export class ProgressLine {
  readonly #isTerminal: boolean;
  #shown = "";

  constructor({ terminals }: Pick<CommandContext, "terminals">) {
    this.#isTerminal = terminals.stderr;
  }

  show(text: string, percent?: number): void {
    const line = percent === undefined || !this.#isTerminal ? text : `${text} ${bar(percent)} ${Math.round(percent)} %`;
    if (line === this.#shown) return;
    this.#shown = line;
    if (!this.#isTerminal) return void process.stderr.write(`${line}\n`);
    const room = Math.max(10, (process.stderr.columns ?? 80) - 1);
    process.stderr.write(`\r\u001b[K${line.length > room ? `${line.slice(0, room - 1)}…` : line}`);
  }

  end(): void {
    if (this.#isTerminal && this.#shown !== "") process.stderr.write("\r\u001b[K");
    this.#shown = "";
  }
}

const BAR_CELLS = 20;

function bar(percent: number): string {
  const full = Math.round((percent / 100) * BAR_CELLS);
  return `[${"#".repeat(full)}${".".repeat(BAR_CELLS - full)}]`;
}
