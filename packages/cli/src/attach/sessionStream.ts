import type { Duplex } from "node:stream";
import { Fault } from "@clauderon/base/fault";
import type { ClientMessage, Session } from "@clauderon/protocol";
import { cleanText } from "@clauderon/base/clean-text";
import { closeFrame, controlFrame, encodeFrame, type Frame, FrameDecoder } from "@clauderon/protocol/wire";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { readTold, type ToldMessage } from "./model/toldMessage.ts";
import { StreamChannel } from "./streamChannel.ts";

/** What comes on a channel. */
export interface ChannelHandler {
  control?(message: ToldMessage): void;
  /** Call `dealtWith` once the bytes need no memory any more: then the other side may send more. */
  bytes(piece: Extract<Frame, { type: "data" | "output" | "snapshot" }>, dealtWith: () => void): void;
  /** The other side sends no more. */
  end?(): void;
  /** The channel is over, why if it said so. */
  close?(reason: string | undefined): void;
}

/** Frames with the runner of a session. Nonsense of the other side ends it like any end of the connection. */
export class SessionStream {
  readonly #connection: Duplex;
  readonly #decoder = new FrameDecoder();
  readonly #channels = new Map<number, { readonly channel: StreamChannel; readonly handler: ChannelHandler }>();
  #lastChannel = 0;
  /** Settles when the connection is over, with the reason when one was told. */
  readonly closed: Promise<string | undefined>;

  constructor(connection: Duplex) {
    this.#connection = connection;
    let reason: string | undefined;
    this.closed = new Promise((resolve) => {
      connection.on("error", (error) => {
        reason ??= error.message;
      });
      connection.on("close", () => resolve(reason));
    });
    connection.on("data", (chunk: Uint8Array) => {
      try {
        for (const frame of this.#decoder.push(chunk)) {
          if (frame.channel !== 0) this.#take(frame);
          else if (frame.type === "close") reason = reasonIn(frame.bytes);
        }
      } catch (thrown) {
        connection.destroy(thrown as Error);
      }
    });
    connection.on("end", () => connection.end());
  }

  /** Opens a channel by the message that gives it its meaning. */
  open(message: ClientMessage, handler: ChannelHandler): StreamChannel {
    const channel = this.#register(handler);
    this.#send(controlFrame(channel.number, message));
    return channel;
  }

  /** Opens a channel for what comes beside another one, such as standard error. */
  openBeside(handler: ChannelHandler): StreamChannel {
    return this.#register(handler);
  }

  end(): void {
    this.#connection.end(() => this.#connection.destroy());
  }

  #register(handler: ChannelHandler): StreamChannel {
    this.#lastChannel += 1;
    const channel = new StreamChannel(this.#lastChannel, (frame) => this.#send(frame));
    this.#channels.set(channel.number, { channel, handler });
    return channel;
  }

  #send(frame: Frame): void {
    if (!this.#connection.destroyed) this.#connection.write(encodeFrame(frame));
  }

  #take(frame: Frame): void {
    const { channel, handler } = this.#channels.get(frame.channel) ?? {};
    if (channel === undefined || handler === undefined) return;
    if (frame.type === "control") {
      const message = readTold(Buffer.from(frame.bytes).toString());
      if (message !== undefined) handler.control?.(message);
    } else if (frame.type === "window") channel.grant(frame.credit);
    else if (frame.type === "end") handler.end?.();
    else if (frame.type === "close") {
      this.#channels.delete(frame.channel);
      this.#send(closeFrame(frame.channel));
      handler.close?.(reasonIn(frame.bytes));
    } else {
      channel.received(frame.bytes.length);
      handler.bytes(frame, () => channel.dealtWith(frame.bytes.length));
    }
  }
}

/** What the other side says of the end, with nothing that a terminal acts on. */
function reasonIn(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return undefined;
  try {
    const { reason } = JSON.parse(Buffer.from(bytes).toString()) as { reason?: unknown };
    return typeof reason === "string" ? cleanText(reason, 1_024) : undefined;
  } catch {
    return undefined;
  }
}

/** A connection to the session, or what is known of one that has none. */
export async function streamOrSession(
  client: DaemonClient,
  name: string,
  signal?: AbortSignal,
): Promise<SessionStream | Session> {
  try {
    return new SessionStream(await client.stream(name, signal));
  } catch (thrown) {
    if (signal?.aborted === true || !(thrown instanceof Fault) || GONE.has(thrown.code)) throw thrown;
    return client.get(name);
  }
}

const GONE: ReadonlySet<string> = new Set(["SESSION_NOT_FOUND", "DAEMON_UNAVAILABLE"]);
