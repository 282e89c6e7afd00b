import { closeFrame, type Frame, FrameError, SendCredit } from "@clauderon/protocol";
import type { ChannelOwner, LinkConnection } from "./linkConnection.ts";

export interface ChannelClient {
  send(frame: Frame): void;
  /** The channel is over, for the client knows it. */
  closed(channel: number): void;
}

/** A client's channel, which has another number on the session's link. */
export class RelayedChannel implements ChannelOwner {
  readonly #number: number;
  readonly #client: ChannelClient;
  readonly #connection: LinkConnection;
  readonly #credit = new SendCredit();
  /** Its number on the link. */
  readonly linkNumber: number;

  constructor(number: number, client: ChannelClient, connection: LinkConnection) {
    this.#number = number;
    this.#client = client;
    this.#connection = connection;
    this.linkNumber = connection.open(this);
  }

  /** From the runner to the client. */
  take(frame: Frame): void {
    if (frame.type === "window") this.#credit.grant(frame.credit);
    if (frame.type === "close") this.#forget();
    this.#client.send({ ...frame, channel: this.#number });
  }

  lost(): void {
    this.take(closeFrame(this.linkNumber, "The connection to the session was lost"));
  }

  /** From the client to the runner; settles when the link has room for more. A FrameError when it is more than was granted. */
  async pass(frame: Frame): Promise<void> {
    if (frame.type === "data") {
      // The runner would end the whole link for it.
      if (frame.bytes.length > this.#credit.bytes) throw new FrameError("More was sent on a channel than was granted");
      this.#credit.spend(frame.bytes.length);
    }
    this.#connection.send({ ...frame, channel: this.linkNumber });
    if (frame.type === "close") this.#forget();
    await this.#connection.drained();
  }

  /** Ends it with the runner; the client is told nothing. */
  close(): void {
    this.#connection.send(closeFrame(this.linkNumber));
    this.#connection.release(this.linkNumber);
  }

  #forget(): void {
    this.#connection.release(this.linkNumber);
    this.#client.closed(this.#number);
  }
}
