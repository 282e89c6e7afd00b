import { FrameError } from "@clauderon/protocol/wire";

/** A piece of a session's terminal output. */
export interface ShownPiece {
  readonly type: "output" | "snapshot";
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Tracks by offset what has been shown, so that across reconnects no byte is missing or shown twice. */
export class ViewPosition {
  #next: number | undefined;

  /** The offset of the next byte to show; undefined before the first one. */
  get next(): number | undefined {
    return this.#next;
  }

  /** The part of a piece that has not been shown yet. A gap is a FrameError: only a snapshot can follow it. */
  take({ type, offset, bytes }: ShownPiece): Uint8Array {
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
