import { PassThrough, type Readable } from "node:stream";
import type { ClientControl, Refusal, RunnerMessage } from "@clauderon/protocol";
import type { Channel, ChannelListener } from "@clauderon/stream";
import type { Size } from "../terminal/size.ts";
import { errorOf } from "./answer.ts";

/** The last frames for the client when a program has ended. */
export interface LastWords {
  readonly message?: RunnerMessage;
  readonly refusal?: Refusal;
}

/** A program whose standard streams are a channel. */
export interface ChannelProgram {
  /** Settles when the program has ended and its output is on the channel; an error closes the channel with it. */
  run(channel: Channel, input: Readable): Promise<LastWords>;
  resize?(size: Size): void;
  /** The client has disconnected, possibly before the program started. */
  abandon(): void;
}

/** Joins a program to a channel: passes input as fast as the program reads, and output as fast as the client does. */
export class ProgramChannel implements ChannelListener<ClientControl> {
  readonly #channel: Channel;
  readonly #program: ChannelProgram;
  readonly #input = new PassThrough();
  #isAbandoned = false;
  /** Settles when everything that was started is gone. */
  readonly ended: Promise<void>;

  constructor(channel: Channel, program: ChannelProgram, log: (message: string) => void) {
    this.#channel = channel;
    this.#program = program;
    // A program may end without reading its input; its exit code says what that means.
    this.#input.on("error", () => undefined);
    this.ended = this.#run(log);
  }

  control(message: ClientControl): void {
    if (message.type === "resize") this.#program.resize?.(message);
  }

  bytes({ bytes }: { readonly bytes: Uint8Array }, consumed: () => void): void {
    if (this.#input.writable) this.#input.write(bytes, consumed);
    else consumed();
  }

  end(): void {
    this.#input.end();
  }

  close(): void {
    this.#isAbandoned = true;
    this.#input.end();
    this.#program.abandon();
  }

  lost(): void {
    this.close();
  }

  async #run(log: (message: string) => void): Promise<void> {
    const words = await this.#program
      .run(this.#channel, this.#input)
      .catch((thrown: unknown): LastWords => ({ refusal: errorOf(thrown, log) }));
    await this.#channel.sent();
    if (this.#isAbandoned) return;
    if (words.message !== undefined) this.#channel.tell(words.message);
    this.#channel.close(words.refusal);
  }
}
