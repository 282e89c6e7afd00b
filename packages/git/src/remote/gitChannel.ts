import type { Duplex, Readable, Writable } from "node:stream";
import { Fault } from "@clauderon/base/fault";
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  FrameError,
  MAX_FRAME_BYTES,
  ReceiveCredit,
  SendCredit,
} from "@clauderon/protocol/wire";
import { dataHead } from "./model/dataHead.ts";
import { readFailure } from "./model/said.ts";

/** The one channel of the connection. */
const CHANNEL = 1;

export interface GitChannelOptions {
  readonly session: string;
  readonly service: "upload-pack" | "receive-pack";
  readonly maxBytes: number;
}

export interface GitStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Carries a local git's input and output to the git of a session and back, over frames, until the session's side ends.
 * Faults: what the session's side says went wrong, a connection that was cut, more bytes than `maxBytes`.
 */
export class GitChannel {
  readonly #stream: Duplex;
  readonly #options: GitChannelOptions;
  readonly #streams: GitStreams;
  readonly #decoder = new FrameDecoder();
  readonly #sending = new SendCredit();
  readonly #receiving = new ReceiveCredit();
  readonly #ended = Promise.withResolvers<void>();
  #waiting: Uint8Array[] = [];
  #isInputOver = false;
  /** The local git has all it wanted, or has said what it did not get; how the other side takes that is nobody's concern. */
  #isLeaving = false;
  #received = 0;

  constructor(stream: Duplex, streams: GitStreams, options: GitChannelOptions) {
    this.#stream = stream;
    this.#streams = streams;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { input, output } = this.#streams;
    const stream = this.#stream;
    const fail = (thrown: unknown) => this.#fail(thrown);
    stream.on("data", (chunk: Uint8Array) => this.#take(chunk));
    stream.on("error", (cause) => fail(this.#cut(cause)));
    stream.on("close", () => fail(this.#cut()));
    stream.on("drain", () => this.#flush());
    output.on("error", fail); // The local git has gone; it has said why.
    input.on("data", (chunk: Uint8Array) => this.#send(chunk));
    input.on("error", fail);
    input.on("end", () => {
      this.#isInputOver = true;
      this.#isLeaving = this.#options.service === "upload-pack";
      this.#flush();
    });
    const open = JSON.stringify({ type: "git", service: this.#options.service });
    stream.write(encodeFrame({ channel: CHANNEL, type: "control", bytes: Buffer.from(open) }));
    try {
      await this.#ended.promise;
      await new Promise<void>((resolve) => output.end(resolve));
    } finally {
      input.destroy();
      stream.destroy();
    }
  }

  #fail(thrown: unknown): void {
    if (this.#isLeaving) this.#ended.resolve();
    else this.#ended.reject(thrown);
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#handle(frame);
    } catch (thrown) {
      const isNonsense = thrown instanceof FrameError;
      this.#fail(isNonsense ? new Fault("AGENT_UNAVAILABLE", `${this.#who}: ${thrown.message}`) : thrown);
      this.#stream.destroy();
    }
  }

  #handle(frame: Frame): void {
    if (frame.type === "close") this.#close(frame);
    else if (frame.channel !== CHANNEL) return;
    else if (frame.type === "data") this.#receive(frame.bytes);
    else if (frame.type === "window") {
      this.#sending.grant(frame.credit);
      this.#flush();
    } else if (frame.type === "control") {
      const failure = readFailure(Buffer.from(frame.bytes).toString(), "REPOSITORY_UNAVAILABLE");
      if (failure !== undefined) this.#fail(failure);
    }
  }

  #close({ channel, bytes }: Extract<Frame, { type: "close" }>): void {
    if (channel !== CHANNEL && channel !== 0) return;
    const failure = readFailure(Buffer.from(bytes).toString(), "REPOSITORY_UNAVAILABLE");
    if (failure !== undefined) this.#fail(failure);
    else if (channel === 0) this.#fail(this.#cut());
    else this.#ended.resolve();
  }

  #receive(bytes: Uint8Array): void {
    this.#receiving.receive(bytes.length);
    this.#received += bytes.length;
    if (this.#received > this.#options.maxBytes) throw this.#tooMuch();
    this.#streams.output.write(bytes, () => {
      const credit = this.#receiving.consume(bytes.length);
      if (credit > 0 && !this.#stream.destroyed) {
        this.#stream.write(encodeFrame({ channel: CHANNEL, type: "window", credit }));
      }
    });
  }

  #send(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#flush();
  }

  /** Sends what credit and connection take; the local git waits for the rest. */
  #flush(): void {
    const stream = this.#stream;
    if (stream.destroyed) return;
    stream.cork();
    while (this.#sending.bytes > 0 && !stream.writableNeedDrain) {
      const chunk = this.#waiting.shift();
      if (chunk === undefined) break;
      const now = chunk.subarray(0, Math.min(this.#sending.bytes, MAX_FRAME_BYTES));
      if (now.length < chunk.length) this.#waiting.unshift(chunk.subarray(now.length));
      this.#sending.spend(now.length);
      // Head and payload apart: nothing is copied.
      stream.write(dataHead(CHANNEL, now.length));
      stream.write(now);
    }
    stream.uncork();
    if (this.#waiting.length > 0) this.#streams.input.pause();
    else if (this.#isInputOver) this.#endInput();
    else this.#streams.input.resume();
  }

  #endInput(): void {
    this.#isInputOver = false;
    this.#stream.write(encodeFrame({ channel: CHANNEL, type: "end" }));
  }

  #cut(cause?: Error): Fault {
    return new Fault("AGENT_UNAVAILABLE", `The connection to ${this.#who} was cut`, {
      ...(cause === undefined ? {} : { cause }),
      hint: "Nothing was changed. Try again",
    });
  }

  #tooMuch(): Fault {
    const { maxBytes } = this.#options;
    return new Fault("REPOSITORY_UNAVAILABLE", `More than ${maxBytes} bytes come from ${this.#who}`, {
      hint: "Find out what makes it so large. A git fetch by hand has no limit",
    });
  }

  get #who(): string {
    return `session "${this.#options.session}"`;
  }
}
