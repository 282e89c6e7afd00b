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
 * One view of the terminal. It costs no memory while it does not read: output is read on from the log as its credit
 * allows, and when the log no longer has what it needs, it gets the screen as it is and goes on from there.
 */
export class Viewer implements ChannelListener<ClientControl>, Onlooker {
  readonly #channel: Channel;
  readonly #hub: TerminalHub;
  /** The offset of the next byte to send; undefined when that is a snapshot. */
  #position: number | undefined;
  #told = "";
  /** Of its window, whether it may set the terminal's or not. */
  #size: Size;

  constructor(channel: Channel, request: ViewRequest, hub: TerminalHub) {
    this.#channel = channel;
    this.#hub = hub;
    // An offset beyond the end is another terminal's.
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

  /** What was typed; of a viewer that does not write it is dropped. */
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

  /** Sends a frame of what is to be seen; false when there is nothing, or no credit for it. */
  #sendSome(): boolean {
    const { log } = this.#hub;
    if (this.#position !== undefined && this.#position >= log.start) return this.#sendOutput(this.#position);
    // A receiver that has taken in all it got has at least this much credit.
    if (this.#channel.room < INITIAL_WINDOW_BYTES / 2) return false;
    const { offset, bytes } = this.#hub.snapshot(this.#channel.room);
    // The screen lags behind a flood by more than the log keeps: once it has caught up.
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

  /** Tells size and writer when they are not what was told last. */
  #tell(type: "attached" | "terminal"): void {
    const terminal = { writer: this.#hub.isWriter(this), ...this.#hub.size };
    const text = JSON.stringify(terminal);
    if (text === this.#told) return;
    this.#told = text;
    this.#channel.tell({ type, ...terminal });
  }
}
