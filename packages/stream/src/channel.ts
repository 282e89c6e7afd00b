import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { ClientMessage, Refusal, RunnerMessage } from "@clauderon/protocol";
import {
  CHUNK_BYTES,
  closeFrame,
  controlFrame,
  type Frame,
  ReceiveCredit,
  readClose,
  SendCredit,
} from "@clauderon/protocol/wire";
import type { FrameSink } from "./frameStream.ts";

/** A frame with content: typed bytes, output, or a screen. */
export type Piece = Extract<Frame, { type: "data" | "output" | "snapshot" }>;
type Unnumbered<T> = T extends Piece ? Omit<T, "channel"> : never;

/** Receives what arrives on a channel. An error that it throws ends the connection; see FrameStream. */
export interface ChannelListener<Message = never> {
  control?(message: Message): void;
  /**
   * Call `consumed` once the bytes need no more memory: then the other side may send more. Without this method, bytes
   * are dropped.
   */
  bytes?(piece: Piece, consumed: () => void): void;
  /** The other side sends no more data. */
  end?(): void;
  /** `room` has grown. */
  room?(): void;
  /** The other side has closed the channel, with a reason if there is one. */
  close?(reason: Refusal | undefined): void;
  /** The connection has ended. */
  lost?(): void;
}

/** A source of bytes that can be paused. */
interface Source {
  pause(): unknown;
  resume(): unknown;
}

/**
 * One channel of a connection, from either side. Sent bytes wait here until the other side has granted credit for them;
 * received bytes beyond our own grant are an error.
 */
export class Channel {
  readonly number: number;
  readonly #sink: FrameSink;
  readonly #forget: () => void;
  readonly #credit = new SendCredit();
  readonly #received = new ReceiveCredit();
  #waiting: Uint8Array[] = [];
  #onSent: (() => void)[] = [];
  #isEnding = false;
  #isClosed = false;

  /** `forget` is called when either side closes the channel. */
  constructor(number: number, sink: FrameSink, forget: () => void) {
    this.number = number;
    this.#sink = sink;
    this.#forget = forget;
  }

  /** The number of bytes that `send` may send now. */
  get room(): number {
    return this.#sink.isReady && !this.#isClosed ? this.#credit.bytes : 0;
  }

  /** The number of bytes written but not sent yet. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  /** Sends at once, within `room`. */
  send(piece: Unnumbered<Piece>): void {
    this.#credit.spend(piece.bytes.length);
    this.#sink.send({ ...piece, channel: this.number });
  }

  /** Sends what there is room for and keeps the rest; pauses the source until all of it is sent. */
  write(bytes: Uint8Array, source?: Source): void {
    if (this.#isClosed) return;
    this.#waiting.push(bytes);
    this.update();
    if (source === undefined || this.#waiting.length === 0) return;
    source.pause();
    void this.sent().then(() => source.resume());
  }

  /** Sends a whole stream, no faster than the other side accepts it; settles at its end, rejects with its error. */
  async carry(source: Readable): Promise<void> {
    const ended = finished(source, { writable: false });
    source.on("data", (bytes: Uint8Array) => this.write(bytes, source));
    source.resume();
    await ended;
  }

  /** Settles once everything written is sent, or the channel is closed. */
  async sent(): Promise<void> {
    if (this.#waiting.length > 0) await new Promise<void>((resolve) => this.#onSent.push(resolve));
  }

  /** Ends the data from this side, after everything written is sent. */
  end(): void {
    this.#isEnding = true;
    this.update();
  }

  tell(message: ClientMessage | RunnerMessage): void {
    if (!this.#isClosed) this.#sink.send(controlFrame(this.number, message));
  }

  /** Closes the channel from this side; unsent bytes are dropped. */
  close(reason?: Refusal): void {
    if (this.#isClosed) return;
    this.#sink.send(closeFrame(this.number, reason));
    this.drop();
  }

  /** Sends what there is room for. */
  update(): void {
    for (let [first] = this.#waiting; first !== undefined && this.room > 0; [first] = this.#waiting) {
      const bytes = first.subarray(0, Math.min(this.room, CHUNK_BYTES));
      if (bytes.length === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(bytes.length);
      this.send({ type: "data", bytes });
    }
    if (this.#waiting.length > 0) return;
    for (const settle of this.#onSent.splice(0)) settle();
    if (this.#isEnding && !this.#isClosed) this.#sink.send({ channel: this.number, type: "end" });
    this.#isEnding = false;
  }

  /** Handles a frame that arrived on the channel; control messages do not come here. */
  take(frame: Exclude<Frame, { type: "control" }>, listener: ChannelListener): void {
    if (frame.type === "window") {
      this.#credit.grant(frame.credit);
      this.update();
      listener.room?.();
    } else if (frame.type === "end") listener.end?.();
    else if (frame.type === "close") {
      this.drop();
      listener.close?.(readClose(frame.bytes));
    } else this.#receive(frame, listener);
  }

  /** Forgets the channel and its unsent bytes, without a frame to the other side. */
  drop(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.update();
    this.#forget();
  }

  #receive(piece: Piece, listener: ChannelListener): void {
    const { length } = piece.bytes;
    this.#received.receive(length);
    const consumed = () => {
      const credit = this.#received.consume(length);
      if (credit > 0 && !this.#isClosed) this.#sink.send({ channel: this.number, type: "window", credit });
    };
    if (listener.bytes === undefined) consumed();
    else listener.bytes(piece, consumed);
  }
}
