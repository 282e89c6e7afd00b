import type { Duplex } from "node:stream";
import type { Clock, Fault } from "@clauderon/base";
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
import { FrameStream, type StreamEnd } from "@clauderon/stream";
import { abortable } from "../abortable.ts";
import { FrameAllowance } from "./frameAllowance.ts";
import { foreignVersion, isOfOldRunner, lost, outdated, unanswered } from "./linkFaults.ts";
import { Silence } from "./silence.ts";

export type Hello = Extract<RunnerMessage, { type: "hello" }>;
type Done = Extract<RunnerMessage, { type: "done" }>;
type Request<T = ClientMessage> = T extends { readonly id: number } ? Omit<T, "id"> : never;

const MINUTE_MS = 60_000;

/**
 * How long a runner that is alive may take for a request. Prompts wait for their turn and for an agent that starts; files of
 * large checkouts take their time.
 */
const DEADLINE_MS: Readonly<Record<Request["type"], number>> = {
  ping: MINUTE_MS,
  start: 2 * MINUTE_MS,
  end: 2 * MINUTE_MS,
  stop: 2 * MINUTE_MS,
  prompt: 15 * MINUTE_MS,
  capture: 30 * MINUTE_MS,
  forward: 30 * MINUTE_MS,
  checkout: 60 * MINUTE_MS,
};

/** A request that the runner has not answered yet. */
interface Pending extends PromiseWithResolvers<Done> {
  readonly type: Request["type"];
}

/** The owner of a channel: gets its frames, and its end when the connection is lost. */
export interface ChannelOwner {
  take(frame: Frame): void;
  lost(fault: Fault): void;
}

export interface LinkListener {
  status(status: RunnerStatus): void;
  /** The connection has ended; every channel's owner was notified. */
  closed(): void;
}

export interface LinkConnectionOptions extends LinkListener {
  readonly session: string;
  readonly clock: Clock;
}

/**
 * One connection to a runner. What the runner sends is checked; an invalid frame ends the connection, and so does a runner
 * that stands still while something is awaited of it.
 */
export class LinkConnection {
  readonly stream: FrameStream;
  readonly #session: string;
  readonly #channels = new Map<number, ChannelOwner>();
  readonly #requests = new Map<number, Pending>();
  readonly #listener: LinkListener;
  readonly #clock: Clock;
  readonly #silence: Silence;
  readonly #allowance: FrameAllowance;
  readonly #hello = Promise.withResolvers<Hello>();
  /** Only a runner that names the oldest version it understands refuses a message without ending the connection. */
  #takesPings = false;
  /** Why this side ends the connection. */
  #fault: Fault | undefined;
  #lastNumber = 0;

  constructor(duplex: Duplex, { session, clock, ...listener }: LinkConnectionOptions) {
    this.#session = session;
    this.#clock = clock;
    this.#listener = listener;
    this.#hello.promise.catch(() => undefined);
    this.#allowance = new FrameAllowance(clock);
    this.#silence = new Silence({
      clock,
      isAwaited: () => this.#requests.size + this.#channels.size > 0,
      ask: () => this.#ping(),
      giveUp: () => this.#giveUp(unanswered(session)),
    });
    this.stream = new FrameStream(duplex, {
      take: (frame) => this.#take(frame),
      closed: (end) => this.#closed(end),
    });
  }

  get isClosed(): boolean {
    return this.stream.isClosed;
  }

  hasRoom(channels: number): boolean {
    return !this.isClosed && this.#channels.size + channels <= MAX_CHANNELS;
  }

  /** The runner's greeting. A Fault when the runner ends the connection instead, or speaks no version that is spoken here. */
  hello(): Promise<Hello> {
    return this.#hello.promise;
  }

  /** Opens a channel; the owner sends its first message. */
  open(owner: ChannelOwner): number {
    this.#lastNumber += 1;
    this.#channels.set(this.#lastNumber, owner);
    void this.#silence.watch();
    return this.#lastNumber;
  }

  /** Forgets a channel; later frames on it are dropped. */
  release(channel: number): void {
    this.#channels.delete(channel);
  }

  /**
   * Sends a request to the runner and waits for its answer, or until the signal aborts. An error, the loss of the connection,
   * and a runner that does not answer are Faults; the last one ends the connection.
   */
  async ask(message: Request, signal: AbortSignal): Promise<Done> {
    signal.throwIfAborted();
    if (this.isClosed) throw this.#fault ?? lost(this.#session);
    const request = { ...Promise.withResolvers<Done>(), type: message.type };
    this.#lastNumber += 1;
    const id = this.#lastNumber;
    this.#requests.set(id, request);
    this.stream.send(controlFrame(0, { ...message, id }));
    void this.#silence.watch();
    const settled = new AbortController();
    void this.#limit(message.type, settled.signal);
    try {
      return await abortable(request.promise, signal);
    } finally {
      this.#requests.delete(id);
      settled.abort();
    }
  }

  close(): void {
    this.stream.destroy();
  }

  async #limit(type: Request["type"], settled: AbortSignal): Promise<void> {
    await this.#clock.sleep(DEADLINE_MS[type], settled);
    if (!settled.aborted) this.#giveUp(unanswered(this.#session, `"${type}"`));
  }

  #ping(): boolean {
    if (!this.#takesPings) return false;
    this.#lastNumber += 1;
    // Any answer will do, also that of a runner that does not know the request.
    this.stream.send(controlFrame(0, { type: "ping", id: this.#lastNumber }));
    return true;
  }

  #giveUp(fault: Fault): void {
    this.#fault ??= fault;
    this.stream.destroy();
  }

  #take(frame: Frame): Promise<void> | undefined {
    this.#silence.heard();
    const message = frame.type === "control" ? readRunnerMessage(frame.bytes) : undefined;
    const owner = this.#channels.get(frame.channel);
    if (frame.channel !== 0) owner?.take(frame);
    else if (frame.type !== "control") this.close();
    // A newer runner may say what this daemon does not know.
    else if (message !== undefined) this.#takeMessage(message);
    // The content of a channel is limited by its credit.
    return owner !== undefined && isContent(frame) ? undefined : this.#allowance.spend();
  }

  #takeMessage(message: RunnerMessage): void {
    if (message.type === "hello") this.#greet(message);
    else if (message.type === "status") this.#listener.status(message);
    else if (message.type === "done") this.#answer(message.id)?.resolve(message);
    else if (message.type === "error") this.#refused(message);
  }

  #greet(hello: Hello): void {
    const { session, version, oldest = version } = hello;
    this.#takesPings = hello.oldest !== undefined;
    if (session !== this.#session) return this.stream.destroy();
    if (oldest <= MESSAGES_VERSION && version >= OLDEST_MESSAGES_VERSION) return this.#hello.resolve(hello);
    this.#hello.reject(foreignVersion(session, version));
    this.stream.destroy();
  }

  #refused(message: Extract<RunnerMessage, { type: "error" }>): void {
    const request = this.#answer(message.id);
    const isUnknown = message.code === "FEATURE_DISABLED";
    request?.reject(isUnknown ? outdated(this.#session, request.type) : answeredFault(message));
  }

  #answer(id: number | undefined): Pending | undefined {
    const request = id === undefined ? undefined : this.#requests.get(id);
    if (id !== undefined) this.#requests.delete(id);
    return request;
  }

  #closed({ refusal }: StreamEnd): void {
    this.#silence.end();
    const types = new Set(Array.from(this.#requests.values(), ({ type }) => type));
    const [type] = types.size === 1 ? types : [];
    const isOutdated = refusal !== undefined && isOfOldRunner(refusal);
    const fault = this.#fault ?? (isOutdated ? outdated(this.#session, type) : lost(this.#session));
    this.#hello.reject(fault);
    for (const { reject } of this.#requests.values()) reject(fault);
    for (const owner of this.#channels.values()) owner.lost(fault);
    this.#requests.clear();
    this.#channels.clear();
    this.#listener.closed();
  }
}

/** An empty frame costs its reader as much, and no credit. */
const isContent = (frame: Frame): boolean =>
  (frame.type === "data" || frame.type === "output" || frame.type === "snapshot") && frame.bytes.length > 0;

/**
 * A runner's answer is untrusted: an unknown code becomes AGENT_FAILED, and characters that a terminal acts on are
 * removed.
 */
const answeredFault = (refusal: Refusal) => refusedFault(readRefusal(refusal) ?? refusal, "AGENT_FAILED");
