import type { Duplex } from "node:stream";
import type { ClientMessage, RunnerMessage } from "@clauderon/protocol";
import { controlFrame, type Frame, FrameError, MAX_CHANNELS } from "@clauderon/protocol/wire";
import { Channel, type ChannelListener } from "./channel.ts";
import { FrameStream, type StreamEnd } from "./frameStream.ts";

export interface ConnectionOptions<Message> {
  /** True for the side on which the other side opens channels; a client sends no output. */
  readonly isServer?: boolean;
  readonly maxControlBytes?: number;
  readonly maxWaitingBytes?: number;
  /** Reads a control message; undefined when nothing here needs it, a FrameError when it is invalid. */
  readonly read: (bytes: Uint8Array) => Message | undefined;
  /** Receives the control messages instead of the channels' listeners. */
  readonly control?: (message: Message, channel: number) => void;
  readonly closed?: (end: StreamEnd) => void;
}

interface OpenChannel<Message> {
  readonly channel: Channel;
  listener: ChannelListener<Message>;
}

/** One side of a connection, with its channels. */
export class StreamConnection<Message> {
  readonly #frames: FrameStream;
  readonly #options: ConnectionOptions<Message>;
  readonly #channels = new Map<number, OpenChannel<Message>>();

  constructor(duplex: Duplex, options: ConnectionOptions<Message>) {
    this.#options = options;
    this.#frames = new FrameStream(duplex, {
      maxControlBytes: options.maxControlBytes,
      maxWaitingBytes: options.maxWaitingBytes,
      take: (frame) => this.#take(frame),
      drained: () => this.#drained(),
      closed: (end) => this.#closed(end),
    });
  }

  /** Opens a channel under a number; a FrameError when that is in use, or too many are open. */
  open(number: number, listen: (channel: Channel) => ChannelListener<Message>): Channel {
    if (number === 0 || this.#channels.has(number)) throw new FrameError(`Channel ${number} is in use`);
    if (this.#channels.size >= MAX_CHANNELS) throw new FrameError(`More than ${MAX_CHANNELS} channels`);
    const channel = new Channel(number, this.#frames, () => this.#channels.delete(number));
    const open: OpenChannel<Message> = { channel, listener: {} };
    this.#channels.set(number, open);
    open.listener = listen(channel);
    return channel;
  }

  /** Whether a channel of that number is open. */
  has(number: number): boolean {
    return this.#channels.has(number);
  }

  /** Sends a message on channel 0. */
  tell(message: ClientMessage | RunnerMessage): void {
    this.#frames.send(controlFrame(0, message));
  }

  /** Passes a message to the listener of a channel, if it is open. */
  deliver(message: Message, channel: number): void {
    this.#channels.get(channel)?.listener.control?.(message);
  }

  /** Ends the connection as soon as sent frames have left this process. */
  close(): void {
    this.#frames.close();
  }

  destroy(): void {
    this.#frames.destroy();
  }

  #take(frame: Frame): void {
    if (frame.type === "control") {
      const message = this.#options.read(frame.bytes);
      if (message === undefined) return;
      if (this.#options.control === undefined) this.deliver(message, frame.channel);
      else this.#options.control(message, frame.channel);
      return;
    }
    if (this.#options.isServer === true && (frame.type === "output" || frame.type === "snapshot")) {
      throw new FrameError(`A client sends no ${frame.type}`);
    }
    const open = this.#channels.get(frame.channel);
    open?.channel.take(frame, open.listener);
  }

  #drained(): void {
    for (const { channel, listener } of this.#channels.values()) {
      channel.update();
      listener.room?.();
    }
  }

  #closed(end: StreamEnd): void {
    for (const { channel, listener } of this.#channels.values()) {
      channel.drop();
      listener.lost?.();
    }
    this.#options.closed?.(end);
  }
}
