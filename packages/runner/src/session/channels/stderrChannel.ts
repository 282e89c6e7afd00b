import type { Channel, FrameSink } from "./channel.ts";
import { Outflow, type Source } from "./outflow.ts";

/** The second channel of a command without a terminal: what it prints on stderr. It ends with the first. */
export class StderrChannel implements Channel {
  readonly channel: number;
  readonly #sink: FrameSink;
  readonly #out: Outflow;

  constructor(channel: number, sink: FrameSink) {
    this.channel = channel;
    this.#sink = sink;
    this.#out = new Outflow(channel, sink);
  }

  push(bytes: Uint8Array, source: Source): void {
    this.#out.push(bytes, source);
  }

  /** Settles when all was sent. */
  async finish(): Promise<void> {
    await this.#out.finish();
    this.#sink.end(this.channel);
  }

  grant(bytes: number): void {
    this.#out.grant(bytes);
  }

  take(): void {
    // Nobody types into an output.
  }

  takeEnd(): void {
    // Nor ends it.
  }

  resize(): void {
    // It has no terminal.
  }

  update(): void {
    this.#out.update();
  }

  close(): void {
    this.#out.drop();
  }
}
