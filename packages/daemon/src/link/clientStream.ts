import type { Duplex } from "node:stream";
import { Fault } from "@clauderon/base";
import {
  closeFrame,
  controlFrame,
  type Frame,
  FrameError,
  MAX_CHANNELS,
  MAX_CLIENT_CONTROL_BYTES,
  readClientMessage,
  refusalOf,
  type RunnerStatus,
  type UnknownMessage,
} from "@clauderon/protocol";
import { FrameStream } from "@clauderon/stream";
import { type ChannelClient, RelayedChannel } from "./relayedChannel.ts";
import type { LinkClient, SessionLink } from "./sessionLink.ts";

/** A client that lets this much wait has stopped reading; it is dropped, so that it does not slow down the others. */
const MAX_WAITING_BYTES = 16_777_216;

type Message = Exclude<ReturnType<typeof readClientMessage>, UnknownMessage>;
type Opening = Extract<Message, { type: "attach" | "git" | "exec" }>;

/**
 * Serves a client until either side ends the connection; `failed` gets errors that neither client nor runner have
 * caused.
 */
export function serveClient(socket: Duplex, link: SessionLink, failed: (thrown: unknown) => void): void {
  link.add(new ClientStream(socket, link, failed));
}

/**
 * One client of a session's stream, whose channels have other numbers on the session's link. Client and runner count
 * credit between them; here it is only checked, so that a client that breaks the rules loses only its own connection.
 */
class ClientStream implements LinkClient, ChannelClient {
  readonly stream: FrameStream;
  readonly #link: SessionLink;
  readonly #channels = new Map<number, RelayedChannel>();
  readonly #gone = new AbortController();

  constructor(socket: Duplex, link: SessionLink, failed: (thrown: unknown) => void) {
    this.#link = link;
    this.stream = new FrameStream(socket, {
      maxControlBytes: MAX_CLIENT_CONTROL_BYTES,
      maxWaitingBytes: MAX_WAITING_BYTES,
      take: (frame) => this.#take(frame),
      closed: () => this.#closed(),
      failed: (thrown) => {
        if (!this.#gone.signal.aborted) failed(thrown);
      },
    });
    const { hello, status } = link;
    if (hello !== undefined) this.stream.send(controlFrame(0, hello));
    if (status !== undefined) this.status(status);
  }

  status(status: RunnerStatus): void {
    this.stream.send(controlFrame(0, status));
  }

  lost(): void {
    this.stream.end();
  }

  closed(channel: number): void {
    this.#channels.delete(channel);
  }

  #closed(): void {
    this.#gone.abort();
    this.#link.remove(this);
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  #take(frame: Frame): Promise<void> | undefined {
    if (frame.type === "control") return this.#control(frame);
    if (frame.type === "output" || frame.type === "snapshot") throw new FrameError(`A client sends no ${frame.type}`);
    // The runner may have closed the channel in the meantime: that is not the client's mistake.
    return this.#channels.get(frame.channel)?.pass(frame);
  }

  #control(frame: Extract<Frame, { type: "control" }>): Promise<void> | undefined {
    const message = readClientMessage(frame.bytes);
    if (message.type === "unknown") return this.#refuseUnknown(frame.channel, message);
    if (!("id" in message)) {
      if (message.type !== "resize") return this.#open(frame.channel, message);
      return this.#channels.get(frame.channel)?.pass(frame);
    }
    if (message.type === "prompt" || message.type === "capture") void this.#ask(message);
    else this.#refuse(message, new Fault("USAGE", `A client of the daemon sends no ${message.type}`));
    return undefined;
  }

  async #open(channel: number, message: Opening): Promise<void> {
    const stderr = message.type === "exec" ? message.stderrChannel : undefined;
    const numbers = stderr === undefined ? [channel] : [channel, stderr];
    const taken = numbers.find(
      (number, at) => number === 0 || this.#channels.has(number) || numbers[1 - at] === number,
    );
    if (taken !== undefined) throw new FrameError(`Channel ${taken} is in use`);
    if (this.#channels.size + numbers.length > MAX_CHANNELS) {
      throw new FrameError(`More than ${MAX_CHANNELS} channels`);
    }
    const connection = await this.#link.connectionFor(numbers.length, this.#gone.signal);
    if (this.#gone.signal.aborted) return;
    const relayed = numbers.map((number) => new RelayedChannel(number, this, connection));
    for (const [at, number] of numbers.entries()) this.#channels.set(number, relayed[at] as RelayedChannel);
    const [own, errors] = relayed.map(({ linkNumber }) => linkNumber);
    const renumbered = errors === undefined ? message : { ...message, stderrChannel: errors };
    connection.stream.send(controlFrame(own ?? 0, renumbered));
  }

  /** Answers once the runner has; other frames of the client are passed on in the meantime. */
  async #ask(message: Extract<Message, { type: "prompt" | "capture" }>): Promise<void> {
    const { id } = message;
    try {
      const done = await this.#link.connection.ask(message, this.#gone.signal);
      this.stream.send(controlFrame(0, { ...done, id }));
    } catch (thrown) {
      if (this.#gone.signal.aborted) return;
      if (!(thrown instanceof Fault)) throw thrown;
      this.#refuse(message, thrown);
    }
  }

  #refuseUnknown(channel: number, { refusal, request }: UnknownMessage): undefined {
    if (request !== undefined) this.stream.send(controlFrame(0, { type: "error", id: request, ...refusal }));
    else if (channel !== 0 && !this.#channels.has(channel)) this.stream.send(closeFrame(channel, refusal));
  }

  #refuse({ id }: Extract<Message, { id: number }>, fault: Fault): void {
    this.stream.send(controlFrame(0, { type: "error", id, ...refusalOf(fault) }));
  }
}
