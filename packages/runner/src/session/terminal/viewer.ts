import { controlFrame, INITIAL_WINDOW_BYTES, ReceiveCredit, SendCredit } from "@clauderon/protocol";
import type { Channel, FrameSink, Size } from "../channels/channel.ts";
import type { Onlooker, TerminalHub } from "./terminalHub.ts";

/** The most that one frame of output carries. */
const CHUNK_BYTES = 65_536;

export interface ViewRequest extends Size {
  readonly offset?: number | undefined;
  readonly mode: "write" | "watch";
  readonly takeOver: boolean;
}

/**
 * One view of the terminal. It costs no memory while it does not read: output is read on from the log as its credit
 * allows, and when the log no longer has what it needs, it gets the screen as it is and goes on from there.
 */
export class Viewer implements Channel, Onlooker {
  readonly #channel: number;
  readonly #hub: TerminalHub;
  readonly #sink: FrameSink;
  readonly #credit = new SendCredit();
  readonly #received = new ReceiveCredit();
  /** The offset of the next byte to send; undefined when that is a snapshot. */
  #position: number | undefined;
  #told = "";
  /** Of its window, whether it may set the terminal's or not. */
  #size: Size;

  constructor(channel: number, request: ViewRequest, hub: TerminalHub, sink: FrameSink) {
    this.#channel = channel;
    this.#hub = hub;
    this.#sink = sink;
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
    while (this.#sink.isReady && this.#sendSome());
  }

  chosen(): void {
    this.#hub.resize(this, this.#size);
  }

  grant(bytes: number): void {
    this.#credit.grant(bytes);
    this.update();
  }

  /** What was typed; of a viewer that does not write it is dropped. */
  take(bytes: Uint8Array): void {
    this.#received.receive(bytes.length);
    void this.#type(bytes);
  }

  takeEnd(): void {
    // One who types no more still looks.
  }

  resize(size: Size): void {
    this.#size = size;
    this.chosen();
  }

  close(): void {
    this.#hub.remove(this);
  }

  async #type(bytes: Uint8Array): Promise<void> {
    if (this.#hub.isWriter(this)) await this.#hub.type(bytes);
    const credit = this.#received.consume(bytes.length);
    if (credit > 0) this.#sink.send({ channel: this.#channel, type: "window", credit });
  }

  /** Sends a frame of what is to be seen; false when there is nothing, or no credit for it. */
  #sendSome(): boolean {
    const { log } = this.#hub;
    if (this.#position !== undefined && this.#position >= log.start) return this.#sendOutput(this.#position);
    // A receiver that has taken in all it got has at least this much credit.
    if (this.#credit.bytes < INITIAL_WINDOW_BYTES / 2) return false;
    const { offset, bytes } = this.#hub.snapshot(this.#credit.bytes);
    // The screen lags behind a flood by more than the log keeps: once it has caught up.
    if (offset < log.start) return false;
    this.#position = offset;
    this.#credit.spend(bytes.length);
    this.#sink.send({ channel: this.#channel, type: "snapshot", offset, bytes });
    return true;
  }

  #sendOutput(offset: number): boolean {
    const { log } = this.#hub;
    const size = Math.min(this.#credit.bytes, CHUNK_BYTES, log.end - offset);
    const bytes = size > 0 ? log.read(offset, size) : undefined;
    if (bytes === undefined || bytes.length === 0) return false;
    this.#position = offset + bytes.length;
    this.#credit.spend(bytes.length);
    this.#sink.send({ channel: this.#channel, type: "output", offset, bytes });
    return true;
  }

  /** Tells size and writer when they are not what was told last. */
  #tell(type: "attached" | "terminal"): void {
    const terminal = { writer: this.#hub.isWriter(this), ...this.#hub.size };
    const text = JSON.stringify(terminal);
    if (text === this.#told) return;
    this.#told = text;
    this.#sink.send(controlFrame(this.#channel, { type, ...terminal }));
  }
}
