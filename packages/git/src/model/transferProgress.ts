const LINE = /^(?:remote: )?([A-Z][A-Za-z ]*): +(\d{1,3})% /;

/**
 * Reads the output of a git with `--progress` in pieces of any length. Reports each step and percentage once, and no
 * percentage lower than the last, because a remote may send any number of them. Ignores other lines, such as a remote's
 * messages.
 */
export class TransferProgress {
  readonly #tell: (step: string, percent: number) => void;
  #held = "";
  readonly #told = new Map<string, number>();

  constructor(tell: (step: string, percent: number) => void) {
    this.#tell = tell;
  }

  push(text: string): void {
    const lines = (this.#held + text).split(/[\r\n]/);
    this.#held = (lines.pop() ?? "").slice(-MAX_LINE);
    for (const line of lines) this.#read(line);
  }

  #read(line: string): void {
    const [, step = "", percent = ""] = LINE.exec(line) ?? [];
    const known = this.#told.get(step) ?? (this.#told.size < MAX_STEPS ? -1 : 100);
    const reached = Math.min(Number(percent), 100);
    if (step === "" || reached <= known) return;
    this.#told.set(step, reached);
    this.#tell(step, reached);
  }
}

const MAX_LINE = 1_024;

/** git has about a dozen. */
const MAX_STEPS = 32;
