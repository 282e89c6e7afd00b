import { FrameError } from "./frames.ts";
import { INITIAL_WINDOW_BYTES } from "./limits.ts";

/** More credit than this is never useful, so the count stops here. */
const MAX_CREDIT_BYTES = 0x7fff_ffff;

/** How many bytes the other side of a channel still accepts. */
export class SendCredit {
  #bytes = INITIAL_WINDOW_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts a `window` frame. */
  grant(bytes: number): void {
    this.#bytes = Math.min(this.#bytes + bytes, MAX_CREDIT_BYTES);
  }

  /** Counts sent payload; a FrameError when it exceeds `bytes`. */
  spend(bytes: number): void {
    if (bytes > this.#bytes) throw new FrameError("More was sent on a channel than was granted");
    this.#bytes -= bytes;
  }
}

/** How many bytes this side of a channel has allowed the other side to send. */
export class ReceiveCredit {
  #granted = INITIAL_WINDOW_BYTES;
  #consumed = 0;

  /** Counts received payload; a FrameError when it exceeds the granted credit. */
  receive(bytes: number): void {
    this.#granted -= bytes;
    if (this.#granted < 0) throw new FrameError("More arrived on a channel than was granted");
  }

  /**
   * Counts processed payload; returns the credit to grant now with a `window` frame, or 0 to wait until it is worth a
   * frame.
   */
  consume(bytes: number): number {
    this.#consumed += bytes;
    if (this.#consumed < INITIAL_WINDOW_BYTES / 2) return 0;
    const credit = this.#consumed;
    this.#granted += credit;
    this.#consumed = 0;
    return credit;
  }
}
