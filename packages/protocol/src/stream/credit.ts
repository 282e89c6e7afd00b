import { FrameError } from "./frames.ts";
import { INITIAL_WINDOW_BYTES } from "./limits.ts";

/** More credit than this at once is nonsense, and a sender need not count further. */
const MAX_CREDIT_BYTES = 0x7fff_ffff;

/** How many bytes the other side of a channel still takes. */
export class SendCredit {
  #bytes = INITIAL_WINDOW_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts a `window` frame. */
  grant(bytes: number): void {
    this.#bytes = Math.min(this.#bytes + bytes, MAX_CREDIT_BYTES);
  }

  /** Counts payload that was sent; a FrameError when it is more than `bytes`. */
  spend(bytes: number): void {
    if (bytes > this.#bytes) throw new FrameError("More was sent on a channel than was granted");
    this.#bytes -= bytes;
  }
}

/** How many bytes this side of a channel has let the other send. */
export class ReceiveCredit {
  #granted = INITIAL_WINDOW_BYTES;
  #consumed = 0;

  /** Counts payload that arrived; a FrameError when it is more than was granted. */
  receive(bytes: number): void {
    this.#granted -= bytes;
    if (this.#granted < 0) throw new FrameError("More arrived on a channel than was granted");
  }

  /** Counts payload that is dealt with; the credit to grant by a `window` frame now, or 0 to wait until it is worth one. */
  consume(bytes: number): number {
    this.#consumed += bytes;
    if (this.#consumed < INITIAL_WINDOW_BYTES / 2) return 0;
    const credit = this.#consumed;
    this.#granted += credit;
    this.#consumed = 0;
    return credit;
  }
}
