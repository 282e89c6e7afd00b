import { CHUNK_BYTES, type ClientControl, INITIAL_WINDOW_BYTES } from "@clauderon/protocol";
import type { Channel, ChannelListener } from "@clauderon/stream";
import type { Size } from "./size.ts";
import type { Onlooker, TerminalHub } from "./terminalHub.ts";

export interface ViewRequest extends Size {
  readonly offset?: number | undefined;
  readonly mode: "write" | "watch";
  readonly takeOver: boolean;
}

/**
 * One view of the terminal. While the viewer does not read, it costs no memory: output is read from the log as credit
 * allows, and when the log no longer has what it needs, the viewer gets the current screen and continues from there.
 */
export class Viewer implements ChannelListener<ClientControl>, Onlooker {
  readonly #channel: Channel;
  readonly #hub: TerminalHub;
  /** The offset of the next byte to send; undefined when a snapshot comes next. */
  #position: number | undefined;
  #told = "";
  /** The size of its window, whether or not it may set the terminal's. */
  #size: Size;

  constructor(channel: Channel, request: ViewRequest, hub: TerminalHub) {
    this.#channel = channel;
    this.#hub = hub;
    // An offset beyond the end is from another terminal.
    this.#position = request.offset !== undefined && request.offset <= hub.log.end ? request.offset : undefined;
    this.#size = request;
    hub.add(this);
    if (request.mode === "write") hub.claim(this, request.takeOver);
    this.chosen();
    this.#tell("attached");
    this.update();
  }

  update(): void {
    this.#tell("terminal");
    while (this.#sendSome());
  }

  chosen(): void {
    this.#hub.resize(this, this.#size);
  }

  room(): void {
    this.update();
  }

  /** Typed bytes; dropped when this viewer is not the writer. */
  bytes({ bytes }: { readonly bytes: Uint8Array }, consumed: () => void): void {
    if (this.#hub.isWriter(this)) void this.#hub.type(bytes).then(consumed);
    else consumed();
  }

  control(message: ClientControl): void {
    if (message.type !== "resize") return;
    this.#size = message;
    this.chosen();
  }

  close(): void {
    this.#hub.remove(this);
  }

  lost(): void {
    this.close();
  }

  /** Sends the next frame; false when there is none, or no credit for it. */
  #sendSome(): boolean {
    const { log } = this.#hub;
    if (this.#position !== undefined && this.#position >= log.start) return this.#sendOutput(this.#position);
    // A receiver that has processed everything has at least this much credit.
    if (this.#channel.room < INITIAL_WINDOW_BYTES / 2) return false;
    const { offset, bytes } = this.#hub.snapshot(this.#channel.room);
    // The screen lags behind by more than the log keeps: waits until it has caught up.
    if (offset < log.start) return false;
    this.#position = offset;
    this.#channel.send({ type: "snapshot", offset, bytes });
    return true;
  }

  #sendOutput(offset: number): boolean {
    const { log } = this.#hub;
    const size = Math.min(this.#channel.room, CHUNK_BYTES, log.end - offset);
    const bytes = size > 0 ? log.read(offset, size) : undefined;
    if (bytes === undefined || bytes.length === 0) return false;
    this.#position = offset + bytes.length;
    this.#channel.send({ type: "output", offset, bytes });
    return true;
  }

  /** Sends size and writer when they have changed since the last time. */
  #tell(type: "attached" | "terminal"): void {
    const terminal = { writer: this.#hub.isWriter(this), ...this.#hub.size };
    const text = JSON.stringify(terminal);
    if (text === this.#told) return;
    this.#told = text;
    this.#channel.tell({ type, ...terminal });
  }
}
