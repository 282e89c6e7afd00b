import type { Frame } from "@clauderon/protocol";

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** What a channel has of its connection. */
export interface FrameSink {
  send(frame: Frame): void;
  /** False while what was sent has not left yet; `update` is called when it has. */
  readonly isReady: boolean;
  /** Ends the channel from this side, and says why when there is more to say than that it ended. */
  end(channel: number, reason?: string): void;
}

/** One channel of a connection: what its client does on it comes here. A FrameError ends the connection. */
export interface Channel {
  /** The client takes so many more bytes. */
  grant(bytes: number): void;
  /** Data came. */
  take(bytes: Uint8Array): void;
  /** No more data will come. */
  takeEnd(): void;
  resize(size: Size): void;
  /** The connection is ready for more. */
  update(): void;
  /** The client has closed the channel, or is gone. */
  close(): void;
}
