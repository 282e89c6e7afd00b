import type { Clock } from "@clauderon/base";

/** So many frames may come at once, which is more than a runner with all its viewers ever sends, and so many in a second. */
const BURST = 2_000;
const PER_SECOND = 500;
/** How long reading pauses when the allowance is used up. */
const PAUSE_MS = 100;

/**
 * Limits the frames that no credit limits: a runner that sends them without end is read slowly, so that it costs other
 * sessions nothing.
 */
export class FrameAllowance {
  readonly #clock: Clock;
  #left = BURST;
  #time: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#time = clock.monotonic();
  }

  /** Counts one; a promise that settles when reading may continue, if it must pause. */
  spend(): Promise<void> | undefined {
    const now = this.#clock.monotonic();
    this.#left = Math.min(BURST, this.#left + ((now - this.#time) * PER_SECOND) / 1_000);
    this.#time = now;
    this.#left -= 1;
    return this.#left > 0 ? undefined : this.#pause();
  }

  async #pause(): Promise<void> {
    await this.#clock.sleep(PAUSE_MS);
    this.#left = (PAUSE_MS * PER_SECOND) / 1_000;
    this.#time = this.#clock.monotonic();
  }
}
