import type { Duplex } from "node:stream";
import { type Channel, type ChannelListener, StreamClient } from "@clauderon/stream";

/** One view of a session's terminal on a connection that speaks frames; reads as fast as it comes. */
export class TerminalClient {
  readonly #stream: StreamClient;
  #channel: Channel | undefined;
  #waiting: { readonly isIt: (text: string) => boolean; readonly resolve: (text: string) => void } | undefined;
  #failed: Error | undefined;
  #onFailure: (error: Error) => void = () => undefined;
  /** Bytes of output, in all. */
  received = 0;

  constructor(stream: Duplex) {
    this.#stream = new StreamClient(stream);
    void this.#stream.closed.then(() => this.#fail(new Error("The session's connection was closed")));
  }

  /** Attaches; settles with the screen, at the first snapshot. */
  attach(mode: "write" | "watch" = "write"): Promise<string> {
    const painted = this.next(() => true);
    this.#channel = this.#stream.open({ type: "attach", cols: 100, rows: 30, mode }, this.#listener);
    return painted;
  }

  /** Types; settles when the terminal has printed it. */
  echo(text: string): Promise<string> {
    const echoed = this.next((output) => output.includes(text));
    this.type(text);
    return echoed;
  }

  type(text: string): void {
    this.#channel?.write(Buffer.from(text));
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

  readonly #listener: ChannelListener<{ readonly type: string }> = {
    close: (reason) => this.#fail(new Error(`Closed: ${reason?.message}`)),
    bytes: ({ bytes }, consumed) => {
      this.received += bytes.length;
      consumed();
      this.#look(Buffer.from(bytes).toString());
    },
  };

  #look(text: string): void {
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
