import type { Duplex } from "node:stream";
import type { ClientMessage } from "@clauderon/protocol";
import { readTold, type ToldMessage } from "@clauderon/protocol/wire";
import type { Channel, ChannelListener } from "./channel.ts";
import type { StreamEnd } from "./frameStream.ts";
import { type ConnectionOptions, StreamConnection } from "./streamConnection.ts";

/** The client's side of a connection to a session's runner, directly or through the daemon. */
export class StreamClient {
  readonly #connection: StreamConnection<ToldMessage>;
  #lastChannel = 0;
  /** Settles when the connection has ended. */
  readonly closed: Promise<StreamEnd>;

  constructor(duplex: Duplex, options: Partial<ConnectionOptions<ToldMessage>> = {}) {
    const { promise, resolve } = Promise.withResolvers<StreamEnd>();
    this.closed = promise;
    this.#connection = new StreamConnection(duplex, { read: readTold, closed: resolve, ...options });
  }

  /** Opens a channel with the message that defines its meaning. */
  open(message: ClientMessage, listener: ChannelListener<ToldMessage>): Channel {
    const channel = this.openBeside(listener);
    channel.tell(message);
    return channel;
  }

  /** Opens a channel that the message of another channel refers to, such as the one for standard error. */
  openBeside(listener: ChannelListener<ToldMessage>): Channel {
    this.#lastChannel += 1;
    return this.#connection.open(this.#lastChannel, () => listener);
  }

  /** Ends the connection as soon as sent frames have left this process. */
  close(): void {
    this.#connection.close();
  }

  destroy(): void {
    this.#connection.destroy();
  }
}
