import { once } from "node:events";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import {
  type ClientMessage,
  controlFrame,
  encodeFrame,
  type Frame,
  FrameDecoder,
  readRunnerMessage,
  type RunnerMessage,
  type RunnerStatus,
} from "@clauderon/protocol";
import { vi } from "vitest";

type ViewRequest = Partial<Omit<Extract<ClientMessage, { type: "attach" }>, "type">>;

/** One view of a terminal, as its frames came. */
export class TerminalView {
  readonly #client: ViewerClient;
  readonly channel: number;
  /** Whether what arrives is granted again at once. */
  isReading = true;
  writer = false;
  size = "";
  /** Offset of the first byte of `output`; undefined before any came. */
  start: number | undefined;
  snapshots: string[] = [];
  readonly #parts: Uint8Array[] = [];
  #unread = 0;

  constructor(client: ViewerClient, channel: number) {
    this.#client = client;
    this.channel = channel;
  }

  /** Everything since the last snapshot. */
  get output(): Buffer {
    return Buffer.concat(this.#parts);
  }

  get text(): string {
    return this.output.toString();
  }

  /** The offset that follows all it got. */
  get end(): number {
    return (this.start ?? 0) + this.output.length;
  }

  type(text: string): void {
    this.#client.send({ channel: this.channel, type: "data", bytes: Buffer.from(text) });
  }

  resize(cols: number, rows: number): void {
    this.#client.send(controlFrame(this.channel, { type: "resize", cols, rows }));
  }

  /** Reads on. */
  grant(): void {
    this.isReading = true;
    if (this.#unread > 0) this.#client.send({ channel: this.channel, type: "window", credit: this.#unread });
    this.#unread = 0;
  }

  close(): void {
    this.#client.send({ channel: this.channel, type: "close", bytes: new Uint8Array(0) });
  }

  take(frame: Frame): void {
    if (frame.type === "control") {
      const message = readRunnerMessage(frame.bytes);
      if (message.type === "attached" || message.type === "terminal") {
        this.writer = message.writer;
        this.size = `${message.cols}x${message.rows}`;
      }
    }
    if (frame.type !== "output" && frame.type !== "snapshot") return;
    if (frame.type === "snapshot") {
      this.snapshots.push(Buffer.from(frame.bytes).toString());
      this.#parts.length = 0;
      this.start = frame.offset;
    } else {
      if (this.start !== undefined && frame.offset !== this.end) throw new Error(`${frame.offset} follows ${this.end}`);
      this.start ??= frame.offset;
      this.#parts.push(Uint8Array.from(frame.bytes));
    }
    this.#unread += frame.bytes.length;
    if (this.isReading) this.grant();
  }
}

/** The streams of a command or a git in the session. */
export class StreamChannel {
  readonly #client: ViewerClient;
  readonly channel: number;
  /** Whether what arrives is granted again at once. */
  isReading = true;
  readonly messages: RunnerMessage[] = [];
  /** Why the channel was closed: empty when for no reason. */
  closed: string | undefined;
  readonly #parts: Uint8Array[] = [];
  #unread = 0;

  constructor(client: ViewerClient, channel: number) {
    this.#client = client;
    this.channel = channel;
  }

  get output(): Buffer {
    return Buffer.concat(this.#parts);
  }

  get text(): string {
    return this.output.toString();
  }

  get exitCode(): number | undefined {
    return this.messages.find((message) => message.type === "exit")?.exitCode;
  }

  write(text: string): void {
    this.#client.send({ channel: this.channel, type: "data", bytes: Buffer.from(text) });
  }

  end(): void {
    this.#client.send({ channel: this.channel, type: "end" });
  }

  resize(cols: number, rows: number): void {
    this.#client.send(controlFrame(this.channel, { type: "resize", cols, rows }));
  }

  close(): void {
    this.#client.send({ channel: this.channel, type: "close", bytes: new Uint8Array(0) });
  }

  /** Reads on. */
  grant(): void {
    this.isReading = true;
    if (this.#unread > 0) this.#client.send({ channel: this.channel, type: "window", credit: this.#unread });
    this.#unread = 0;
  }

  take(frame: Frame): void {
    if (frame.type === "control") this.messages.push(readRunnerMessage(frame.bytes));
    if (frame.type === "close") this.closed = Buffer.from(frame.bytes).toString();
    if (frame.type !== "data") return;
    this.#parts.push(Uint8Array.from(frame.bytes));
    this.#unread += frame.bytes.length;
    if (this.isReading) this.grant();
  }
}

/** A client of a runner's socket, or of the daemon's stream to it. */
export class ViewerClient {
  readonly #socket: Duplex;
  readonly #decoder = new FrameDecoder();
  readonly #views = new Map<number, TerminalView | StreamChannel>();
  readonly messages: RunnerMessage[] = [];
  /** Why the runner closed the connection. */
  closed: string | undefined;

  /** Speaks on a connection that there is. */
  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Uint8Array) => {
      for (const frame of this.#decoder.push(chunk)) this.#take(frame);
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

  /** The activities that were told, one after the other. */
  get activities(): readonly string[] {
    return this.messages.flatMap((message) => (message.type === "status" ? [message.activity] : []));
  }

  attach(view: ViewRequest = {}): TerminalView {
    const channel = this.#views.size + 1;
    const attached = new TerminalView(this, channel);
    this.#views.set(channel, attached);
    this.send(controlFrame(channel, { type: "attach", cols: 100, rows: 30, mode: "write", ...view }));
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
    this.send(controlFrame(out.channel, message));
    return { out, err: stderr ?? out };
  }

  git(service: "upload-pack" | "receive-pack"): StreamChannel {
    const stream = this.#stream();
    this.send(controlFrame(stream.channel, { type: "git", service }));
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
    const stream = new StreamChannel(this, this.#views.size + 1);
    this.#views.set(stream.channel, stream);
    return stream;
  }

  ask(message: ClientMessage): void {
    this.send(controlFrame(0, message));
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

  #take(frame: Frame): void {
    if (frame.channel !== 0) this.#views.get(frame.channel)?.take(frame);
    else if (frame.type === "close") this.closed = Buffer.from(frame.bytes).toString();
    else if (frame.type === "control") this.messages.push(readRunnerMessage(frame.bytes));
  }
}
