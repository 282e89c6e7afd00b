import type { Socket } from "node:net";
import { Fault, faultText } from "@clauderon/base";
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
import type { PromptTyper } from "./promptTyper.ts";
import type { StatusBoard } from "./statusBoard.ts";
import type { TerminalHub } from "./terminalHub.ts";
import { type FrameSink, Viewer } from "./viewer.ts";

/** Channels that one connection may have open. */
const MAX_CHANNELS = 64;
/** What may wait to be sent before viewers hold back, and before a peer that reads nothing is dropped. */
const READY_BYTES = 262_144;
const MAX_WAITING_BYTES = 4_194_304;

/** What a connection may ask for. */
export interface SessionHost {
  readonly session: string;
  readonly hub: TerminalHub;
  readonly board: StatusBoard;
  readonly typer: PromptTyper;
  /** Starts the agent unless it runs. */
  start(): void;
  /** Ends agent and runner. */
  stop(): void;
}

type ClientMessage = ReturnType<typeof readClientMessage>;

/** Speaks frames with one client until either side ends it. Nonsense ends the connection with the reason. */
export class Connection implements FrameSink {
  readonly #socket: Socket;
  readonly #host: SessionHost;
  readonly #decoder = new FrameDecoder({ maxControlBytes: MAX_CLIENT_CONTROL_BYTES });
  readonly #viewers = new Map<number, Viewer>();

  constructor(socket: Socket, host: SessionHost) {
    this.#socket = socket;
    this.#host = host;
    const stopListening = host.board.listen((status) => this.#tell(status));
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("drain", () => this.#viewers.forEach((viewer) => viewer.update()));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      stopListening();
      for (const channel of this.#viewers.keys()) this.#close(channel);
    });
    this.#tell({ type: "hello", version: 1, session: host.session, pid: process.pid });
    this.#tell(host.board.status);
  }

  get isReady(): boolean {
    return this.#socket.writableLength < READY_BYTES;
  }

  send(frame: Frame): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(encodeFrame(frame));
    if (this.#socket.writableLength > MAX_WAITING_BYTES) this.#socket.destroy();
  }

  #tell(message: RunnerMessage): void {
    this.send(controlFrame(0, message));
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#handle(frame);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    if (!(thrown instanceof FrameError)) throw thrown;
    this.send(closeFrame(0, thrown.message));
    this.#socket.destroySoon();
  }

  #handle(frame: Frame): void {
    const viewer = this.#viewers.get(frame.channel);
    if (frame.type === "control") this.#ask(frame.channel, readClientMessage(frame.bytes));
    else if (frame.type === "window") viewer?.grant(frame.credit);
    else if (frame.type === "data") void viewer?.type(frame.bytes).catch((thrown: unknown) => this.#fail(thrown));
    else if (frame.type === "close") this.#close(frame.channel);
    else if (frame.type !== "end") throw new FrameError(`A client sends no ${frame.type}`);
  }

  #ask(channel: number, message: ClientMessage): void {
    switch (message.type) {
      case "attach":
        return this.#attach(channel, message);
      case "resize":
        return this.#viewers.get(channel)?.resize(message);
      case "start":
        this.#host.start();
        return this.#tell({ type: "done", id: message.id });
      case "stop":
        this.#tell({ type: "done", id: message.id });
        return this.#host.stop();
      case "prompt":
        return void this.#prompt(message);
      case "git":
      case "exec":
      case "checkout":
      case "capture":
        throw new FrameError(`This runner knows no ${message.type} yet`);
    }
  }

  #attach(channel: number, request: Extract<ClientMessage, { type: "attach" }>): void {
    if (channel === 0 || this.#viewers.has(channel)) throw new FrameError(`Channel ${channel} is in use`);
    if (this.#viewers.size >= MAX_CHANNELS) throw new FrameError(`More than ${MAX_CHANNELS} channels`);
    this.#viewers.set(channel, new Viewer(channel, request, this.#host.hub, this));
  }

  #close(channel: number): void {
    this.#viewers.get(channel)?.close();
    this.#viewers.delete(channel);
  }

  async #prompt({ id, prompt }: Extract<ClientMessage, { type: "prompt" }>): Promise<void> {
    try {
      await this.#host.typer.send(prompt);
      this.#tell({ type: "done", id });
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      this.#tell({ type: "error", id, code: thrown.code, message: faultText(thrown) });
    }
  }
}
