import { PassThrough, type Readable } from "node:stream";
import { ReceiveCredit } from "@clauderon/protocol";
import type { FrameSink } from "./channel.ts";

/** What a client sends on a channel, for a program to read when it likes; only then the client may send more. */
export class Inflow {
  readonly #channel: number;
  readonly #sink: FrameSink;
  readonly #credit = new ReceiveCredit();
  readonly #stream = new PassThrough();

  constructor(channel: number, sink: FrameSink) {
    this.#channel = channel;
    this.#sink = sink;
    // A program that leaves takes its input with it; its exit tells what that means.
    this.#stream.on("error", () => undefined);
  }

  /** For the program. */
  get stream(): Readable {
    return this.#stream;
  }

  /** A FrameError when it is more than was granted. */
  take(bytes: Uint8Array): void {
    this.#credit.receive(bytes.length);
    if (this.#stream.writable) this.#stream.write(bytes, () => this.#consume(bytes.length));
    else this.#consume(bytes.length);
  }

  end(): void {
    this.#stream.end();
  }

  #consume(bytes: number): void {
    const credit = this.#credit.consume(bytes);
    if (credit > 0) this.#sink.send({ channel: this.#channel, type: "window", credit });
  }
}
