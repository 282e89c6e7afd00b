import type { Duplex } from "node:stream";
import { Fault } from "@clauderon/base/fault";
import type { Refusal } from "@clauderon/protocol";
import {
  closeFrame,
  encodeFrame,
  encodeHead,
  type Frame,
  FrameDecoder,
  FrameError,
  payloadOf,
  READY_BYTES,
  readClose,
  refusalOf,
} from "@clauderon/protocol/wire";

/** A payload this small is copied into one write with its head, which is cheaper than two writes. */
const COPIED_BYTES = 4_096;
/** How long the other side may take to read the last frames. */
const FINISH_MS = 5_000;

/** Why a connection ended: the reason that the other side gave, or the error on this side. */
export interface StreamEnd {
  readonly refusal?: Refusal;
  readonly cause?: unknown;
}

export interface FrameStreamOptions {
  readonly maxControlBytes?: number | undefined;
  /** A peer for which more than this waits has stopped reading, and is dropped; no limit when absent. */
  readonly maxWaitingBytes?: number | undefined;
  /**
   * Handles a frame; while its promise is pending, no further frame is read. A FrameError or a Fault that it throws
   * ends the connection, and the other side gets it as the reason.
   */
  take(frame: Frame): void | Promise<void>;
  /** Sent frames have left: there is room for more. */
  drained?(): void;
  /** Called once, when nothing more will come. */
  closed?(end: StreamEnd): void;
  /** Gets any other error that `take` throws; rethrown when absent. */
  failed?(thrown: unknown): void;
}

/** Where frames go. */
export interface FrameSink {
  send(frame: Frame): void;
  /** False while so much waits to be sent that senders must pause. */
  readonly isReady: boolean;
}

/** A connection that carries frames. Received frames are checked; an invalid one ends the connection. */
export class FrameStream implements FrameSink {
  readonly #duplex: Duplex;
  readonly #options: FrameStreamOptions;
  readonly #decoder: FrameDecoder;
  #waiters: (() => void)[] = [];
  #end: StreamEnd = {};
  #isClosed = false;

  constructor(duplex: Duplex, options: FrameStreamOptions) {
    this.#duplex = duplex;
    this.#options = options;
    const { maxControlBytes } = options;
    this.#decoder = new FrameDecoder(maxControlBytes === undefined ? {} : { maxControlBytes });
    duplex.on("data", (chunk: Uint8Array) => this.#read(chunk));
    duplex.on("drain", () => this.#drain());
    duplex.on("error", (cause) => {
      this.#end = { cause, ...this.#end };
      duplex.destroy();
    });
    duplex.on("end", () => this.end());
    duplex.on("close", () => this.#close());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isReady(): boolean {
    return this.#duplex.writableLength < READY_BYTES;
  }

  send(frame: Frame): void {
    const duplex = this.#duplex;
    if (duplex.destroyed || duplex.writableEnded) return;
    const payload = payloadOf(frame);
    if (payload.length < COPIED_BYTES) duplex.write(encodeFrame(frame));
    else {
      duplex.cork();
      duplex.write(encodeHead(frame));
      duplex.write(payload);
      duplex.uncork();
    }
    if (duplex.writableLength > (this.#options.maxWaitingBytes ?? Number.POSITIVE_INFINITY)) duplex.destroy();
  }

  /** Settles when there is room for more, or the connection has ended. */
  async drained(): Promise<void> {
    if (this.#isClosed || this.isReady) return;
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /**
   * Ends the connection once the other side has received everything; a peer that does not read is dropped after a
   * while.
   */
  end(): void {
    const duplex = this.#duplex;
    if (!duplex.destroyed && !duplex.writableEnded) {
      const timer = setTimeout(() => duplex.destroy(), FINISH_MS);
      duplex.once("close", () => clearTimeout(timer));
      // Frames that the other side still sends are dropped: unread, they would make the socket discard our last frames.
      duplex.resume();
      duplex.end();
    }
    this.#close();
  }

  /** Ends the connection as soon as sent frames have left this process. */
  close(): void {
    this.#duplex.end(() => this.#duplex.destroy());
  }

  destroy(): void {
    this.#duplex.destroy();
  }

  #read(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    try {
      const frames = this.#decoder.push(chunk);
      for (const [at, frame] of frames.entries()) {
        const pending = this.#take(frame);
        if (pending !== undefined) return void this.#readLater(pending, frames.slice(at + 1));
      }
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  async #readLater(pending: Promise<void>, rest: readonly Frame[]): Promise<void> {
    this.#duplex.pause();
    try {
      await pending;
      for (const frame of rest) await this.#take(frame);
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.#duplex.resume();
  }

  #take(frame: Frame): void | Promise<void> {
    if (this.#isClosed) return undefined;
    if (frame.channel !== 0 || frame.type !== "close") return this.#options.take(frame);
    const refusal = readClose(frame.bytes);
    if (refusal !== undefined) this.#end = { refusal };
    return undefined;
  }

  #fail(thrown: unknown): void {
    this.#end = { cause: thrown };
    if (thrown instanceof FrameError || thrown instanceof Fault) {
      const fault = thrown instanceof Fault ? thrown : new Fault("USAGE", thrown.message);
      this.send(closeFrame(0, refusalOf(fault)));
      return this.end();
    }
    this.#duplex.destroy();
    if (this.#options.failed === undefined) throw thrown;
    this.#options.failed(thrown);
  }

  #drain(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
    if (!this.#isClosed) this.#options.drained?.();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#drain();
    this.#options.closed?.(this.#end);
  }
}
