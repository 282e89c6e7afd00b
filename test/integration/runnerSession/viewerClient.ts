import { once } from "node:events";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import {
  type ClientMessage,
  encodeFrame,
  type Frame,
  readRunnerMessage,
  type RunnerMessage,
  type RunnerStatus,
  type Refusal,
} from "@clauderon/protocol";
import { type Channel, type ChannelListener, StreamConnection } from "@clauderon/stream";
import { vi } from "vitest";

type ViewRequest = Partial<Omit<Extract<ClientMessage, { type: "attach" }>, "type">>;

type Piece = Parameters<NonNullable<ChannelListener["bytes"]>>[0];

/** A channel, and what of it was read. */
abstract class ReadChannel {
  readonly handle: Channel;
  /** Whether what arrives is granted again at once. */
  isReading = true;
  protected readonly parts: Uint8Array[] = [];
  #unread: (() => void)[] = [];

  /** Why the other side closed the channel: empty when for no reason. */
  closed: string | undefined;

  constructor(handle: Channel) {
    this.handle = handle;
  }

  get listener(): ChannelListener<RunnerMessage> {
    return {
      control: (message) => this.control(message),
      bytes: (piece, consumed) => {
        this.keep(piece);
        this.#unread.push(consumed);
        if (this.isReading) this.grant();
      },
      close: (reason) => (this.closed = textOf(reason)),
    };
  }

  get channel(): number {
    return this.handle.number;
  }

  /** Everything since the last snapshot. */
  get output(): Buffer {
    return Buffer.concat(this.parts);
  }

  get text(): string {
    return this.output.toString();
  }

  resize(cols: number, rows: number): void {
    this.handle.tell({ type: "resize", cols, rows });
  }

  /** Reads on. */
  grant(): void {
    this.isReading = true;
    for (const consumed of this.#unread.splice(0)) consumed();
  }

  close(): void {
    this.handle.close();
  }

  protected abstract control(message: RunnerMessage): void;
  protected abstract keep(piece: Piece): void;
}

/** One view of a terminal, as its frames came. */
export class TerminalView extends ReadChannel {
  writer = false;
  size = "";
  /** Offset of the first byte of `output`; undefined before any came. */
  start: number | undefined;
  snapshots: string[] = [];

  /** The offset that follows all it got. */
  get end(): number {
    return (this.start ?? 0) + this.output.length;
  }

  type(text: string): void {
    this.handle.write(Buffer.from(text));
  }

  protected control(message: RunnerMessage): void {
    if (message.type !== "attached" && message.type !== "terminal") return;
    this.writer = message.writer;
    this.size = `${message.cols}x${message.rows}`;
  }

  protected keep(piece: Piece): void {
    if (piece.type === "data") return;
    if (piece.type === "snapshot") {
      this.snapshots.push(Buffer.from(piece.bytes).toString());
      this.parts.length = 0;
      this.start = piece.offset;
    } else {
      if (this.start !== undefined && piece.offset !== this.end) throw new Error(`${piece.offset} follows ${this.end}`);
      this.start ??= piece.offset;
      this.parts.push(Uint8Array.from(piece.bytes));
    }
  }
}

/** The streams of a command or a git in the session. */
export class StreamChannel extends ReadChannel {
  readonly messages: RunnerMessage[] = [];
  get exitCode(): number | undefined {
    return this.messages.find((message) => message.type === "exit")?.exitCode;
  }

  write(text: string): void {
    this.handle.write(Buffer.from(text));
  }

  end(): void {
    this.handle.end();
  }

  protected control(message: RunnerMessage): void {
    this.messages.push(message);
  }

  protected keep(piece: Piece): void {
    this.parts.push(Uint8Array.from(piece.bytes));
  }
}

/** A client of a runner's socket, or of the daemon's stream to it. */
export class ViewerClient {
  readonly #socket: Duplex;
  readonly #connection: StreamConnection<RunnerMessage>;
  #lastChannel = 0;
  readonly messages: RunnerMessage[] = [];
  /** Why the runner closed the connection. */
  closed: string | undefined;

  /** Speaks on a connection that there is. */
  constructor(socket: Duplex) {
    this.#socket = socket;
    this.#connection = new StreamConnection(socket, {
      read: readRunnerMessage,
      control: (message, channel) => {
        if (channel === 0) this.messages.push(message);
        else this.#connection.deliver(message, channel);
      },
      closed: ({ refusal }) => {
        if (refusal !== undefined) this.closed = textOf(refusal);
      },
    });
  }

  static async connect(path: string): Promise<ViewerClient> {
    const socket = connect(path);
    await once(socket, "connect");
    return new ViewerClient(socket);
  }

  get status(): RunnerStatus | undefined {
    return this.messages.findLast((message): message is RunnerStatus => message.type === "status");
  }

  /** The activities that were reported, in order. */
  get activities(): readonly string[] {
    return this.messages.flatMap((message) => (message.type === "status" ? [message.activity] : []));
  }

  attach(view: ViewRequest = {}): TerminalView {
    const attached = this.#open((channel) => new TerminalView(channel));
    attached.handle.tell({ type: "attach", cols: 100, rows: 30, mode: "write", ...view });
    return attached;
  }

  /** Runs a command in the session. */
  exec(argv: readonly string[], options: { terminal?: { cols: number; rows: number }; stderr?: true } = {}) {
    const stderr = options.stderr === undefined ? undefined : this.#stream();
    const out = this.#stream();
    const { terminal } = options;
    const message = {
      type: "exec" as const,
      argv: [...argv],
      ...(terminal === undefined ? {} : { terminal }),
      ...(stderr === undefined ? {} : { stderrChannel: stderr.channel }),
    } satisfies ClientMessage;
    out.handle.tell(message);
    return { out, err: stderr ?? out };
  }

  git(service: "upload-pack" | "receive-pack"): StreamChannel {
    const stream = this.#stream();
    stream.handle.tell({ type: "git", service });
    return stream;
  }

  /** Asks on channel 0; what is answered to that. */
  async request(message: Extract<ClientMessage, { readonly id: number }>): Promise<RunnerMessage> {
    this.ask(message);
    return vi.waitFor(
      () => {
        const answer = this.messages.find((said) => "id" in said && said.id === message.id);
        if (answer === undefined) throw new Error(`${message.type} is not answered yet`);
        return answer;
      },
      { timeout: 20_000, interval: 20 },
    );
  }

  #stream(): StreamChannel {
    return this.#open((channel) => new StreamChannel(channel));
  }

  #open<T extends ReadChannel>(make: (channel: Channel) => T): T {
    const made: T[] = [];
    this.#lastChannel += 1;
    this.#connection.open(this.#lastChannel, (channel) => {
      made.push(make(channel));
      return made[0]?.listener ?? {};
    });
    return made[0] as T;
  }

  ask(message: ClientMessage): void {
    this.#connection.tell(message);
  }

  send(frame: Frame): void {
    this.#socket.write(encodeFrame(frame));
  }

  sendRaw(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Reads nothing any more, not even from the socket. */
  freeze(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }
}

const textOf = (reason: Refusal | undefined) => (reason === undefined ? "" : JSON.stringify({ reason }));
