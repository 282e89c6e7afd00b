const LINE = /^(?:remote: )?([A-Z][A-Za-z ]*): +(\d{1,3})% /;

/**
 * Reads what a git with `--progress` says as it comes, however it is cut; tells each step and percent once, and no percent
 * that is lower than one before: a remote may say anything without end. Other lines, such as what a remote wants to be shown,
 * are left out.
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
