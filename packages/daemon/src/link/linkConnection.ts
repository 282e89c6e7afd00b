import type { Duplex } from "node:stream";
import { Fault, type FaultCode, FAULTS } from "@clauderon/base";
import { cleanText } from "@clauderon/base";
import {
  type ClientMessage,
  controlFrame,
  encodeFrame,
  type Frame,
  FrameDecoder,
  FrameError,
  readRunnerMessage,
  type RunnerMessage,
  type RunnerStatus,
} from "@clauderon/protocol";

/** Channels that a runner lets one connection have. */
const MAX_CHANNELS = 64;
/** What may wait to be written before senders wait for it. */
const CONGESTED_BYTES = 1_048_576;
const HELLO_MS = 20_000;

export type Hello = Extract<RunnerMessage, { type: "hello" }>;
type Done = Extract<RunnerMessage, { type: "done" }>;
type Request<T = ClientMessage> = T extends { readonly id: number } ? Omit<T, "id"> : never;

/** Whoever has a channel: gets its frames, and its end when the connection is lost. */
export interface ChannelOwner {
  take(frame: Frame): void;
  lost(): void;
}

export interface LinkListener {
  status(status: RunnerStatus): void;
  /** The connection is over; every channel's owner was told. */
  closed(): void;
}

/** One connection to a runner. What the runner sends is checked; nonsense ends the connection. */
export class LinkConnection {
  readonly #duplex: Duplex;
  readonly #session: string;
  readonly #decoder = new FrameDecoder();
  readonly #channels = new Map<number, ChannelOwner>();
  readonly #requests = new Map<number, PromiseWithResolvers<Done>>();
  readonly #listener: LinkListener;
  readonly #hello = Promise.withResolvers<Hello>();
  #waiters: (() => void)[] = [];
  #lastNumber = 0;
  #isClosed = false;

  constructor(duplex: Duplex, session: string, listener: LinkListener) {
    this.#duplex = duplex;
    this.#session = session;
    this.#listener = listener;
    this.#hello.promise.catch(() => undefined);
    duplex.on("data", (chunk: Uint8Array) => this.#take(chunk));
    duplex.on("drain", () => this.#release());
    duplex.on("error", () => duplex.destroy());
    duplex.on("end", () => duplex.destroy());
    duplex.on("close", () => this.#close());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  hasRoom(channels: number): boolean {
    return !this.#isClosed && this.#channels.size + channels <= MAX_CHANNELS;
  }

  /** The runner's greeting; AGENT_UNAVAILABLE when it ends the connection instead, or says nothing. */
  async hello(): Promise<Hello> {
    const timer = setTimeout(() => this.#duplex.destroy(), HELLO_MS);
    try {
      return await this.#hello.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A new channel; its first message is for the owner to send. */
  open(owner: ChannelOwner): number {
    this.#lastNumber += 1;
    this.#channels.set(this.#lastNumber, owner);
    return this.#lastNumber;
  }

  /** Forgets a channel; what still comes on it is dropped. */
  release(channel: number): void {
    this.#channels.delete(channel);
  }

  send(frame: Frame): void {
    if (!this.#isClosed) this.#duplex.write(encodeFrame(frame));
  }

  /** Settles when there is not much waiting to be written, or the connection is over. */
  async drained(): Promise<void> {
    if (this.#isClosed || this.#duplex.writableLength < CONGESTED_BYTES) return;
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Asks the runner for something and waits until it is done; its error, or the loss of the connection, is a Fault. */
  ask(message: Request): Promise<Done> {
    if (this.#isClosed) return Promise.reject(lost(this.#session));
    const request = Promise.withResolvers<Done>();
    this.#lastNumber += 1;
    this.#requests.set(this.#lastNumber, request);
    this.send(controlFrame(0, { ...message, id: this.#lastNumber }));
    return request.promise;
  }

  close(): void {
    this.#duplex.destroy();
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#handle(frame);
    } catch (thrown) {
      if (!(thrown instanceof FrameError)) throw thrown;
      this.#duplex.destroy();
    }
  }

  #handle(frame: Frame): void {
    const message = frame.type === "control" ? readRunnerMessage(frame.bytes) : undefined;
    if (frame.channel !== 0) return this.#channels.get(frame.channel)?.take(frame);
    if (message === undefined) return this.close();
    if (message.type === "hello") this.#greet(message);
    else if (message.type === "status") this.#listener.status(message);
    else if (message.type === "done") this.#answer(message.id)?.resolve(message);
    else if (message.type === "error") this.#answer(message.id)?.reject(answeredFault(message));
  }

  #greet(hello: Hello): void {
    if (hello.session === this.#session) this.#hello.resolve(hello);
    else this.#duplex.destroy();
  }

  #answer(id: number | undefined): PromiseWithResolvers<Done> | undefined {
    const request = id === undefined ? undefined : this.#requests.get(id);
    if (id !== undefined) this.#requests.delete(id);
    return request;
  }

  #release(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#hello.reject(lost(this.#session));
    for (const { reject } of this.#requests.values()) reject(lost(this.#session));
    for (const owner of this.#channels.values()) owner.lost();
    this.#requests.clear();
    this.#channels.clear();
    this.#release();
    this.#listener.closed();
  }
}

const lost = (session: string) =>
  new Fault("SESSION_NOT_RUNNING", `The connection to session "${session}" was lost`, {
    hint: "The daemon reconnects by itself. Try again in a moment",
  });

/** The most that a runner may say of an error. */
const MAX_ERROR = 4_096;

/** What a runner says is untrusted: a code that is none of ours is AGENT_FAILED, and no terminal acts on its words. */
function answeredFault({ code, message }: Extract<RunnerMessage, { type: "error" }>): Fault {
  const said = cleanText(message, MAX_ERROR);
  const [first = said, hint] = said.replace(/^error\[\w+\]: /, "").split("\nhint: ");
  const known = Object.hasOwn(FAULTS, code) ? (code as FaultCode) : "AGENT_FAILED";
  return new Fault(known, first, hint === undefined ? {} : { hint });
}
