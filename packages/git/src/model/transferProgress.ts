const LINE = /^(?:remote: )?([A-Z][A-Za-z ]*): +(\d{1,3})% /;

/**
 * Reads what a git with `--progress` says as it comes, however it is cut; tells each step and percent once. Other lines,
 * such as what a remote wants to be shown, are left out.
 */
export class TransferProgress {
  readonly #tell: (step: string, percent: number) => void;
  #held = "";
  #told = "";

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
    const now = `${step} ${percent}`;
    if (step === "" || now === this.#told) return;
    this.#told = now;
    this.#tell(step, Math.min(Number(percent), 100));
  }
}

const MAX_LINE = 1_024;
