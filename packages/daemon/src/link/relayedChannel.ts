import type { Fault } from "@clauderon/base";
import { closeFrame, type Frame, refusalOf, SendCredit } from "@clauderon/protocol";
import type { FrameSink } from "@clauderon/stream";
import type { ChannelOwner, LinkConnection } from "./linkConnection.ts";

export interface ChannelClient {
  readonly stream: FrameSink;
  /** The channel has ended, and the client knows. */
  closed(channel: number): void;
}

/** A client's channel, which has another number on the session's link. */
export class RelayedChannel implements ChannelOwner {
  readonly #number: number;
  readonly #client: ChannelClient;
  readonly #connection: LinkConnection;
  /** What the client may send, and what the runner may. */
  readonly #credit = new SendCredit();
  readonly #runnersCredit = new SendCredit();
  /** Its number on the link. */
  readonly linkNumber: number;

  constructor(number: number, client: ChannelClient, connection: LinkConnection) {
    this.#number = number;
    this.#client = client;
    this.#connection = connection;
    this.linkNumber = connection.open(this);
  }

  /** From the runner to the client. A FrameError when the runner exceeds the credit that the client has given. */
  take(frame: Frame): void {
    if (frame.type === "data" || frame.type === "output" || frame.type === "snapshot")
      this.#runnersCredit.spend(frame.bytes.length);
    if (frame.type === "window") this.#credit.grant(frame.credit);
    if (frame.type === "close") this.#forget();
    this.#client.stream.send({ ...frame, channel: this.#number });
  }

  lost(fault: Fault): void {
    this.take(closeFrame(this.linkNumber, refusalOf(fault)));
  }

  /**
   * From the client to the runner; a promise settles when the link has room for more. A FrameError when it exceeds the
   * credit.
   */
  pass(frame: Frame): Promise<void> | undefined {
    // Refused here, because the runner would end the whole link for it.
    if (frame.type === "data") this.#credit.spend(frame.bytes.length);
    if (frame.type === "window") this.#runnersCredit.grant(frame.credit);
    this.#connection.stream.send({ ...frame, channel: this.linkNumber });
    if (frame.type === "close") this.#forget();
    const { stream } = this.#connection;
    return stream.isReady ? undefined : stream.drained();
  }

  /** Closes it on the runner's side; the client is not notified. */
  close(): void {
    this.#connection.stream.send(closeFrame(this.linkNumber));
    this.#connection.release(this.linkNumber);
  }

  #forget(): void {
    this.#connection.release(this.linkNumber);
    this.#client.closed(this.#number);
  }
}
