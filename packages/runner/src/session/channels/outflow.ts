import { SendCredit } from "@clauderon/protocol";
import type { FrameSink } from "./channel.ts";

/** The most that one frame of data carries. */
const CHUNK_BYTES = 65_536;

/** What prints. */
export interface Source {
  pause(): unknown;
  resume(): unknown;
}

/** A program's output on a channel, as fast as its client's credit and the connection allow; meanwhile the program waits. */
export class Outflow {
  readonly #channel: number;
  readonly #sink: FrameSink;
  readonly #credit = new SendCredit();
  readonly #sent = Promise.withResolvers<void>();
  #source: Source | undefined;
  #waiting: Uint8Array[] = [];
  #isOver = false;

  constructor(channel: number, sink: FrameSink) {
    this.#channel = channel;
    this.#sink = sink;
  }

  /** The program printed this. */
  push(bytes: Uint8Array, source: Source): void {
    if (this.#isOver) return;
    this.#source = source;
    this.#waiting.push(bytes);
    this.update();
  }

  grant(bytes: number): void {
    this.#credit.grant(bytes);
    this.update();
  }

  update(): void {
    while (this.#sink.isReady && this.#sendSome());
    if (this.#waiting.length > 0) this.#source?.pause();
    else this.#source?.resume();
    if (this.#isOver && this.#waiting.length === 0) this.#sent.resolve();
  }

  /** The program prints no more; settles when all of it was sent. */
  async finish(): Promise<void> {
    this.#isOver = true;
    this.#source = undefined;
    this.update();
    await this.#sent.promise;
  }

  /** Nobody takes it any more: the program goes on without. */
  drop(): void {
    this.#waiting = [];
    this.#isOver = true;
    this.update();
  }

  #sendSome(): boolean {
    const [next] = this.#waiting;
    if (next === undefined || this.#credit.bytes === 0) return false;
    const bytes = next.subarray(0, Math.min(next.length, this.#credit.bytes, CHUNK_BYTES));
    const rest = next.subarray(bytes.length);
    this.#waiting.splice(0, 1, ...(rest.length > 0 ? [rest] : []));
    this.#credit.spend(bytes.length);
    this.#sink.send({ channel: this.#channel, type: "data", bytes });
    return true;
  }
}
