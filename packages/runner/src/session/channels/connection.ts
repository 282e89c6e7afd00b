import type { Socket } from "node:net";
import {
  closeFrame,
  controlFrame,
  encodeFrame,
  type Frame,
  FrameDecoder,
  FrameError,
  MAX_CLIENT_CONTROL_BYTES,
  readClientMessage,
  type RunnerMessage,
} from "@clauderon/protocol";
import { answer } from "./answer.ts";
import type { Channel, FrameSink } from "./channel.ts";
import { openChannels } from "./openChannels.ts";
import type { SessionHost } from "../sessionHost.ts";

/** Channels that one connection may have open. */
const MAX_CHANNELS = 64;
/** What may wait to be sent before channels hold back, and before a peer that reads nothing is dropped. */
const READY_BYTES = 262_144;
const MAX_WAITING_BYTES = 4_194_304;

type ClientMessage = ReturnType<typeof readClientMessage>;

/** Speaks frames with one client until either side ends it. Nonsense ends the connection with the reason. */
export class Connection implements FrameSink {
  readonly #socket: Socket;
  readonly #host: SessionHost;
  readonly #decoder = new FrameDecoder({ maxControlBytes: MAX_CLIENT_CONTROL_BYTES });
  readonly #channels = new Map<number, Channel>();

  constructor(socket: Socket, host: SessionHost) {
    this.#socket = socket;
    this.#host = host;
    const stopListening = host.board.listen((status) => this.#tell(status));
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("drain", () => this.#channels.forEach((channel) => channel.update()));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      stopListening();
      for (const channel of this.#channels.values()) channel.close();
      this.#channels.clear();
    });
    this.#tell({ type: "hello", version: 1, session: host.session.session, pid: process.pid });
    this.#tell(host.board.status);
  }

  get isReady(): boolean {
    return this.#socket.writableLength < READY_BYTES;
  }

  send(frame: Frame): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.write(encodeFrame(frame));
    if (this.#socket.writableLength > MAX_WAITING_BYTES) this.#socket.destroy();
  }

  end(channel: number, reason?: string): void {
    if (this.#channels.delete(channel)) this.send(closeFrame(channel, reason));
  }

  #tell(message: RunnerMessage): void {
    this.send(controlFrame(0, message));
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#handle(frame);
    } catch (thrown) {
      if (!(thrown instanceof FrameError)) throw thrown;
      this.send(closeFrame(0, thrown.message));
      this.#socket.destroySoon();
    }
  }

  #handle(frame: Frame): void {
    const channel = this.#channels.get(frame.channel);
    if (frame.type === "control") this.#control(frame.channel, readClientMessage(frame.bytes));
    else if (frame.type === "window") channel?.grant(frame.credit);
    else if (frame.type === "data") channel?.take(frame.bytes);
    else if (frame.type === "end") channel?.takeEnd();
    else if (frame.type !== "close") throw new FrameError(`A client sends no ${frame.type}`);
    else if (this.#channels.delete(frame.channel)) channel?.close();
  }

  #control(channel: number, message: ClientMessage): void {
    if (message.type === "resize") this.#channels.get(channel)?.resize(message);
    else if (message.type === "attach" || message.type === "git" || message.type === "exec") {
      const opened = openChannels(channel, message, { host: this.#host, sink: this });
      for (const [number, make] of opened) this.#open(number, make);
    } else void answer(this.#host, message).then((said) => this.#tell(said));
  }

  #open(number: number, make: () => Channel): void {
    if (number === 0 || this.#channels.has(number)) throw new FrameError(`Channel ${number} is in use`);
    if (this.#channels.size >= MAX_CHANNELS) throw new FrameError(`More than ${MAX_CHANNELS} channels`);
    this.#channels.set(number, make());
  }
}
