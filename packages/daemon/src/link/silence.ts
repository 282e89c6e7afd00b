import type { Clock } from "@clauderon/base";

/** A runner that sends nothing for this long is asked for a sign of life, and has as long again to give it. */
const SILENCE_MS = 20_000;

export interface SilenceOptions {
  readonly clock: Clock;
  /** Whether anything is awaited of the runner: if not, it may be silent. */
  readonly isAwaited: () => boolean;
  /** Asks for a sign of life; false when this runner knows no such request. */
  readonly ask: () => boolean;
  /** The runner stands still. */
  readonly giveUp: () => void;
}

/**
 * Notices a runner that stands still, as one that is stopped or whose machine swaps, while something is awaited of it. A
 * request may take long, so its own deadline says nothing about that.
 */
export class Silence {
  readonly #options: SilenceOptions;
  readonly #end = new AbortController();
  #heard = 0;
  #isWatching = false;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** The runner has sent something. */
  heard(): void {
    this.#heard += 1;
  }

  /** Something is awaited from now on. Watches until nothing is, or `end`. */
  async watch(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { clock, isAwaited, ask, giveUp } = this.#options;
    let before = this.#heard;
    for (let isAsked = false; isAwaited(); ) {
      await clock.sleep(SILENCE_MS, this.#end.signal);
      if (this.#end.signal.aborted) return;
      if (this.#heard !== before) [before, isAsked] = [this.#heard, false];
      else if (isAsked) return giveUp();
      else isAsked = ask();
    }
    this.#isWatching = false;
  }

  end(): void {
    this.#end.abort();
  }
}
