import type { Duplex } from "node:stream";
import { Fault, faultText } from "@clauderon/base";
import {
  closeFrame,
  controlFrame,
  encodeFrame,
  type Frame,
  FrameDecoder,
  FrameError,
  MAX_CLIENT_CONTROL_BYTES,
  readClientMessage,
  type RunnerStatus,
} from "@clauderon/protocol";
import { type ChannelClient, RelayedChannel } from "./relayedChannel.ts";
import type { LinkClient, SessionLink } from "./sessionLink.ts";

/** A client for whom so much waits has stopped reading; it is let go, so that it costs nobody else anything. */
const MAX_WAITING_BYTES = 16_777_216;

/** As many as a runner lets a connection have. */
const MAX_CLIENT_CHANNELS = 64;
const FINISH_MS = 5_000;

type Message = ReturnType<typeof readClientMessage>;
type Opening = Extract<Message, { type: "attach" | "git" | "exec" }>;

/**
 * One client of a session's stream, whose channels are mapped to the session's link under other numbers. Credit is counted
 * between client and runner; here it is only checked, so that a client that breaks the rules loses its own connection.
 */
export class ClientStream implements LinkClient, ChannelClient {
  readonly #socket: Duplex;
  readonly #link: SessionLink;
  readonly #channels = new Map<number, RelayedChannel>();
  readonly #decoder = new FrameDecoder({ maxControlBytes: MAX_CLIENT_CONTROL_BYTES });
  readonly #gone = new AbortController();

  constructor(socket: Duplex, link: SessionLink) {
    this.#socket = socket;
    this.#link = link;
  }

  /** Serves the client until either side ends it; never throws what client or runner have caused. */
  async run(): Promise<void> {
    this.#socket.on("error", () => this.#socket.destroy());
    this.#socket.on("close", () => this.#gone.abort());
    const { hello, status } = this.#link;
    if (hello !== undefined) this.send(controlFrame(0, hello));
    if (status !== undefined) this.send(controlFrame(0, status));
    this.#link.add(this);
    try {
      // Not destroyed by what is thrown here: the client shall read why.
      for await (const chunk of this.#socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>)
        for (const frame of this.#decoder.push(chunk)) await this.#take(frame);
    } catch (thrown) {
      if (thrown instanceof FrameError || thrown instanceof Fault) this.send(closeFrame(0, thrown.message));
      else if (!this.#gone.signal.aborted) throw thrown;
    } finally {
      this.#link.remove(this);
      for (const channel of this.#channels.values()) channel.close();
      this.#channels.clear();
      this.#finish();
    }
  }

  status(status: RunnerStatus): void {
    this.send(controlFrame(0, status));
  }

  lost(): void {
    this.#finish();
  }

  send(frame: Frame): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.write(encodeFrame(frame));
    if (this.#socket.writableLength > MAX_WAITING_BYTES) this.#socket.destroy();
  }

  closed(channel: number): void {
    this.#channels.delete(channel);
  }

  /** What was sent shall arrive, but nobody is waited for long. */
  #finish(): void {
    if (this.#socket.destroyed) return;
    const timer = setTimeout(() => this.#socket.destroy(), FINISH_MS);
    this.#socket.once("close", () => clearTimeout(timer));
    // What it still sends is dropped: unread, it would take what was sent with it.
    this.#socket.resume();
    this.#socket.end();
  }

  async #take(frame: Frame): Promise<void> {
    switch (frame.type) {
      case "control":
        return this.#control(frame);
      case "data":
      case "window":
      case "end":
      case "close":
        // On a channel that the runner has closed meanwhile it is too late, and no mistake.
        return this.#channels.get(frame.channel)?.pass(frame);
      case "output":
      case "snapshot":
        throw new FrameError(`A client sends no ${frame.type}`);
    }
  }

  async #control(frame: Extract<Frame, { type: "control" }>): Promise<void> {
    const message = readClientMessage(frame.bytes);
    if (!("id" in message)) {
      if (message.type !== "resize") return this.#open(frame.channel, message);
      return this.#channels.get(frame.channel)?.pass(frame);
    }
    if (message.type === "prompt" || message.type === "capture") return void this.#ask(message);
    this.#refuse(message);
  }

  async #open(channel: number, message: Opening): Promise<void> {
    const stderr = message.type === "exec" ? message.stderrChannel : undefined;
    const numbers = stderr === undefined ? [channel] : [channel, stderr];
    const taken = numbers.find(
      (number, at) => number === 0 || this.#channels.has(number) || numbers[1 - at] === number,
    );
    if (taken !== undefined) throw new FrameError(`Channel ${taken} is in use`);
    if (this.#channels.size + numbers.length > MAX_CLIENT_CHANNELS) {
      throw new FrameError(`More than ${MAX_CLIENT_CHANNELS} channels`);
    }
    const connection = await this.#link.connectionFor(numbers.length, this.#gone.signal);
    const relayed = numbers.map((number) => new RelayedChannel(number, this, connection));
    for (const [at, number] of numbers.entries()) this.#channels.set(number, relayed[at] as RelayedChannel);
    const [own, errors] = relayed.map(({ linkNumber }) => linkNumber);
    const renumbered = errors === undefined ? message : { ...message, stderrChannel: errors };
    connection.send(controlFrame(own ?? 0, renumbered));
  }

  /** Answered whenever the runner is done with it; other frames of the client pass meanwhile. */
  async #ask(message: Extract<Message, { type: "prompt" | "capture" }>): Promise<void> {
    const { id } = message;
    try {
      const done = await this.#link.connection.ask(message);
      this.send(controlFrame(0, { ...done, id }));
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      this.send(controlFrame(0, { type: "error", id, code: thrown.code, message: faultText(thrown).slice(0, 4_096) }));
    }
  }

  /** What the daemon alone asks of a runner. */
  #refuse({ id, type }: Extract<Message, { id: number }>): void {
    this.send(
      controlFrame(0, { type: "error", id, code: "USAGE", message: `A client of the daemon sends no ${type}` }),
    );
  }
}
