import { FrameError } from "@clauderon/protocol/wire";

/** A piece of a session's terminal. */
export interface Piece {
  readonly type: "output" | "snapshot";
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Follows what was shown by its offsets, so that no byte is missing or shown twice, whatever connections it came by. */
export class ViewPosition {
  #next: number | undefined;

  /** The offset of the next byte to show; undefined before there was any. */
  get next(): number | undefined {
    return this.#next;
  }

  /** What of a piece has not been shown yet. A hole is a FrameError: from there on only a snapshot helps. */
  take({ type, offset, bytes }: Piece): Uint8Array {
    if (type === "snapshot") {
      this.#next = offset;
      return bytes;
    }
    const known = (this.#next ?? offset) - offset;
    if (known < 0) {
      this.#next = undefined;
      throw new FrameError(`Output continues at ${offset}, ${-known} bytes too late`);
    }
    this.#next = offset + Math.max(known, bytes.length);
    return bytes.subarray(Math.min(known, bytes.length));
  }
}
