import type { Duplex } from "node:stream";
import { Fault } from "@clauderon/base";
import {
  type ClientMessage,
  controlFrame,
  type Frame,
  MAX_CHANNELS,
  MESSAGES_VERSION,
  OLDEST_MESSAGES_VERSION,
  readRefusal,
  readRunnerMessage,
  type Refusal,
  refusedFault,
  type RunnerMessage,
  type RunnerStatus,
} from "@clauderon/protocol";
import { FrameStream } from "@clauderon/stream";

const HELLO_MS = 20_000;

export type Hello = Extract<RunnerMessage, { type: "hello" }>;
type Done = Extract<RunnerMessage, { type: "done" }>;
type Request<T = ClientMessage> = T extends { readonly id: number } ? Omit<T, "id"> : never;

/** The owner of a channel: gets its frames, and its end when the connection is lost. */
export interface ChannelOwner {
  take(frame: Frame): void;
  lost(): void;
}

export interface LinkListener {
  status(status: RunnerStatus): void;
  /** The connection has ended; every channel's owner was notified. */
  closed(): void;
}

/** One connection to a runner. What the runner sends is checked; an invalid frame ends the connection. */
export class LinkConnection {
  readonly stream: FrameStream;
  readonly #session: string;
  readonly #channels = new Map<number, ChannelOwner>();
  readonly #requests = new Map<number, PromiseWithResolvers<Done>>();
  readonly #listener: LinkListener;
  readonly #hello = Promise.withResolvers<Hello>();
  #lastNumber = 0;

  constructor(duplex: Duplex, session: string, listener: LinkListener) {
    this.#session = session;
    this.#listener = listener;
    this.#hello.promise.catch(() => undefined);
    this.stream = new FrameStream(duplex, {
      take: (frame) => this.#take(frame),
      closed: () => this.#closed(),
    });
  }

  get isClosed(): boolean {
    return this.stream.isClosed;
  }

  hasRoom(channels: number): boolean {
    return !this.isClosed && this.#channels.size + channels <= MAX_CHANNELS;
  }

  /** The runner's greeting; AGENT_UNAVAILABLE when the runner ends the connection instead, or stays silent. */
  async hello(): Promise<Hello> {
    const timer = setTimeout(() => this.stream.destroy(), HELLO_MS);
    try {
      return await this.#hello.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Opens a channel; the owner sends its first message. */
  open(owner: ChannelOwner): number {
    this.#lastNumber += 1;
    this.#channels.set(this.#lastNumber, owner);
    return this.#lastNumber;
  }

  /** Forgets a channel; later frames on it are dropped. */
  release(channel: number): void {
    this.#channels.delete(channel);
  }

  /** Sends a request to the runner and waits for its answer; an error, or the loss of the connection, is a Fault. */
  ask(message: Request): Promise<Done> {
    if (this.isClosed) return Promise.reject(lost(this.#session));
    const request = Promise.withResolvers<Done>();
    this.#lastNumber += 1;
    this.#requests.set(this.#lastNumber, request);
    this.stream.send(controlFrame(0, { ...message, id: this.#lastNumber }));
    return request.promise;
  }

  close(): void {
    this.stream.destroy();
  }

  #take(frame: Frame): void {
    const message = frame.type === "control" ? readRunnerMessage(frame.bytes) : undefined;
    if (frame.channel !== 0) return this.#channels.get(frame.channel)?.take(frame);
    if (frame.type !== "control") return this.close();
    // A newer runner may say what this daemon does not know.
    if (message === undefined) return;
    if (message.type === "hello") this.#greet(message);
    else if (message.type === "status") this.#listener.status(message);
    else if (message.type === "done") this.#answer(message.id)?.resolve(message);
    else if (message.type === "error") this.#answer(message.id)?.reject(answeredFault(message));
  }

  #greet(hello: Hello): void {
    const { session, version, oldest = version } = hello;
    if (session !== this.#session) return this.stream.destroy();
    if (oldest <= MESSAGES_VERSION && version >= OLDEST_MESSAGES_VERSION) return this.#hello.resolve(hello);
    this.#hello.reject(foreignVersion(session, version));
    this.stream.destroy();
  }

  #answer(id: number | undefined): PromiseWithResolvers<Done> | undefined {
    const request = id === undefined ? undefined : this.#requests.get(id);
    if (id !== undefined) this.#requests.delete(id);
    return request;
  }

  #closed(): void {
    this.#hello.reject(lost(this.#session));
    for (const { reject } of this.#requests.values()) reject(lost(this.#session));
    for (const owner of this.#channels.values()) owner.lost();
    this.#requests.clear();
    this.#channels.clear();
    this.#listener.closed();
  }
}

const lost = (session: string) =>
  new Fault("SESSION_NOT_RUNNING", `The connection to session "${session}" was lost`, {
    hint: "The daemon reconnects by itself. Try again in a moment",
  });

const foreignVersion = (session: string, version: number) =>
  new Fault(
    "AGENT_UNAVAILABLE",
    `The runner of session "${session}" speaks version ${version}, which this daemon does not`,
    {
      hint: `This daemon speaks versions ${OLDEST_MESSAGES_VERSION} to ${MESSAGES_VERSION}. Upgrade clauderon, or recreate the session`,
    },
  );

/**
 * A runner's answer is untrusted: an unknown code becomes AGENT_FAILED, and characters that a terminal acts on are
 * removed.
 */
const answeredFault = (refusal: Refusal) => refusedFault(readRefusal(refusal) ?? refusal, "AGENT_FAILED");
