/** Notices that a state lasts: aborts its signal with the reason that was noted last. */
export class Lasting<T extends object> {
  readonly #over = new AbortController();
  readonly #milliseconds: number;
  #timer: NodeJS.Timeout | undefined;
  #key: string | undefined;
  #reason: T | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** The state as it is now, if it is one that may last; one with another key than before has its own time. */
  note(reason: T | undefined, key?: string): void {
    if (reason === undefined || key !== this.#key) this.end();
    [this.#reason, this.#key] = [reason, key];
    if (reason !== undefined) this.#timer ??= setTimeout(() => this.#over.abort(this.#reason), this.#milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
