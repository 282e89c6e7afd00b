import type { Duplex } from "node:stream";
import { controlFrame, encodeFrame, type Frame, FrameDecoder, readRunnerMessage } from "@clauderon/protocol";

const CHANNEL = 1;

/** One view of a session's terminal on a connection that speaks frames; reads as fast as it comes. */
export class TerminalClient {
  readonly #stream: Duplex;
  readonly #decoder = new FrameDecoder();
  #waiting: { readonly isIt: (text: string) => boolean; readonly resolve: (text: string) => void } | undefined;
  #failed: Error | undefined;
  #onFailure: (error: Error) => void = () => undefined;
  /** Bytes of output, in all. */
  received = 0;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("error", (error: Error) => this.#fail(error));
    stream.on("close", () => this.#fail(new Error("The session's connection was closed")));
    stream.on("data", (chunk: Uint8Array) => {
      for (const frame of this.#decoder.push(chunk)) this.#take(frame);
    });
  }

  /** Attaches; settles with the screen, at the first snapshot. */
  attach(mode: "write" | "watch" = "write"): Promise<string> {
    const painted = this.next(() => true);
    this.#stream.write(encodeFrame(controlFrame(CHANNEL, { type: "attach", cols: 100, rows: 30, mode })));
    return painted;
  }

  /** Types; settles when the terminal has printed it. */
  echo(text: string): Promise<string> {
    const echoed = this.next((output) => output.includes(text));
    this.type(text);
    return echoed;
  }

  type(text: string): void {
    this.#stream.write(encodeFrame({ channel: CHANNEL, type: "data", bytes: Buffer.from(text) }));
  }

  /** The next frame of output that is what is waited for. One at a time. */
  next(isIt: (text: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#failed !== undefined) reject(this.#failed);
      this.#waiting = { isIt, resolve };
      this.#onFailure = reject;
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(frame: Frame): void {
    if (frame.type === "control") {
      const message = readRunnerMessage(frame.bytes);
      if (message.type === "error") this.#fail(new Error(message.message));
    }
    if (frame.type === "close") this.#fail(new Error(`Closed: ${Buffer.from(frame.bytes).toString()}`));
    if (frame.type !== "output" && frame.type !== "snapshot") return;
    this.received += frame.bytes.length;
    this.#stream.write(encodeFrame({ channel: CHANNEL, type: "window", credit: frame.bytes.length }));
    const text = Buffer.from(frame.bytes).toString();
    if (this.#waiting?.isIt(text) !== true) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(text);
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#onFailure(error);
  }
}
