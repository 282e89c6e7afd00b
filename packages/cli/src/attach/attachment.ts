import { TerminalFilter } from "@clauderon/terminal";
import { DetachMatcher } from "@clauderon/terminal";
import type { Channel, StreamClient } from "@clauderon/stream";
import { ViewPosition } from "./model/viewPosition.ts";
import type { OwnTerminal, TerminalSize } from "./ownTerminal.ts";

/** How many bytes can be typed ahead of an agent that does not read. */
const MAX_TYPED_AHEAD = 65_536;

export interface AttachmentOptions {
  readonly name: string;
  readonly terminal: OwnTerminal;
  readonly mode: "write" | "watch";
  readonly takeOver: boolean;
  readonly detachKeys: Uint8Array;
  /** For the title: `ctrl-p ctrl-q`. */
  readonly detachText: string;
}

/** Why the view of a session ended. */
export type ViewEnd = "detached" | "lost";

const CTRL_C = 3;

/**
 * One user's view of a session, across reconnects: shows all output exactly once, and sends what the user types to the
 * current connection. Without a connection, input rings the bell and is discarded: nobody knows what the agent will ask
 * by the time it would arrive.
 */
export class Attachment {
  readonly #options: AttachmentOptions;
  readonly #position = new ViewPosition();
  readonly #matcher: DetachMatcher;
  readonly #interrupt = new DetachMatcher(Uint8Array.of(CTRL_C));
  #filter = new TerminalFilter("Kept");
  #channel: Channel | undefined;
  #isWriter = false;
  #takeOver: boolean;
  #detach: () => void = () => undefined;
  readonly #detached = new Promise<"detached">((resolve) => {
    this.#detach = () => resolve("detached");
  });

  constructor(options: AttachmentOptions) {
    this.#options = options;
    this.#takeOver = options.takeOver;
    this.#matcher = new DetachMatcher(options.detachKeys);
  }

  /** Settles when the user detaches. */
  get detached(): Promise<"detached"> {
    return this.#detached;
  }

  /** Shows the session on this connection until the connection ends or the user detaches. */
  async show(stream: StreamClient): Promise<ViewEnd> {
    const { terminal, mode } = this.#options;
    const offset = this.#position.next;
    const from = offset === undefined ? {} : { offset };
    const closed = new Promise<"lost">((resolve) => {
      this.#channel = stream.open(
        { type: "attach", ...terminal.size, mode, takeOver: this.#takeOver, ...from },
        {
          control: (message) => {
            if (message.type === "attached" || message.type === "terminal") this.#setWriter(message.writer);
          },
          bytes: (piece, consumed) => {
            if (piece.type !== "data") this.#print(piece, consumed);
          },
          close: () => resolve("lost"),
        },
      );
    });
    // After a reconnect, a viewer that has taken over in the meantime keeps the terminal.
    this.#takeOver = false;
    try {
      return await Promise.race([this.#detached, closed, stream.closed.then(() => "lost" as const)]);
    } finally {
      this.#channel = undefined;
      stream.close();
    }
  }

  typed(bytes: Uint8Array): void {
    const { mode, terminal } = this.#options;
    const { bytes: meant, detach } = this.#matcher.push(bytes);
    if (detach || (mode === "watch" && this.#interrupt.push(meant).detach)) return this.#detach();
    if (meant.length === 0) return;
    const isHeard = this.#isWriter && this.#channel !== undefined && this.#channel.waitingBytes < MAX_TYPED_AHEAD;
    if (isHeard) this.#channel?.write(meant);
    else terminal.ring();
  }

  resized(size: TerminalSize): void {
    this.#channel?.tell({ type: "resize", ...size });
  }

  left(): void {
    this.#detach();
  }

  /** Shows the state of the session in the window title. */
  tell(text: string): void {
    this.#options.terminal.setTitle(`${this.#options.name}: ${text}`);
  }

  #print(piece: Parameters<ViewPosition["take"]>[0], consumed: () => void): void {
    const fresh = this.#position.take(piece);
    if (piece.type === "snapshot") this.#filter = new TerminalFilter("Kept");
    this.#options.terminal.show(this.#filter.push(fresh), consumed);
  }

  #setWriter(isWriter: boolean): void {
    this.#isWriter = isWriter;
    const { mode, detachText } = this.#options;
    const leave = `${detachText} to detach`;
    if (isWriter) this.tell(leave);
    else
      this.tell(mode === "watch" ? `watching, ${leave}` : `another viewer types, ${leave}; attach --take-over to type`);
  }
}
