import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import {
  closeFrame,
  controlFrame,
  encodeFrame,
  type Frame,
  FrameDecoder,
  MAX_FRAME_BYTES,
  readClientMessage,
  ReceiveCredit,
  SendCredit,
  STREAM_PROTOCOL,
} from "@clauderon/protocol";

const HELPER = createRequire(import.meta.url).resolve("@clauderon/git/helper");

export interface FakeDaemonOptions {
  /** Configuration of the git that answers, as `key=value`. */
  readonly config?: readonly string[];
  /** Cuts each connection after so many bytes of git's have gone this way. */
  readonly cutAfter?: { readonly up?: number; readonly down?: number };
}

/** Answers as the daemon does for sessions whose repositories are folders, with git's own programs. */
export class FakeDaemon {
  readonly home = mkdtempSync(join(tmpdir(), "clauderon-daemon-"));
  readonly #repositories: ReadonlyMap<string, string>;
  readonly #server: Server;
  options: FakeDaemonOptions = {};

  /** Folders of repositories by the names of sessions. */
  constructor(repositories: Readonly<Record<string, string>>) {
    this.#repositories = new Map(Object.entries(repositories));
    this.#server = createServer((_, response) => response.writeHead(404).end());
    this.#server.on("upgrade", (request, socket: Duplex) => {
      const name = /^\/api\/sessions\/([^/]+)\/stream$/.exec(request.url ?? "")?.[1] ?? "";
      const repository = this.#repositories.get(name);
      if (repository === undefined) refuse(socket, name);
      else this.#serve(socket, repository);
    });
  }

  async start(): Promise<this> {
    this.#server.listen(join(this.home, "daemon.sock"));
    await once(this.#server, "listening");
    return this;
  }

  /** The environment of a git that reaches this daemon. */
  get environment(): Record<string, string> {
    const path = `${dirname(HELPER)}:${process.env["PATH"] ?? ""}`;
    return { PATH: path, CLAUDERON_NODE: process.execPath, CLAUDERON_HOME: this.home };
  }

  stop(): void {
    this.#server.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  #serve(socket: Duplex, repository: string): void {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${STREAM_PROTOCOL}\r\n\r\n`);
    socket.write(encodeFrame(controlFrame(0, { type: "hello", version: 1, session: "fake", pid: 1 })));
    const decoder = new FrameDecoder();
    let channel: GitProcess | undefined;
    socket.on("error", () => socket.destroy());
    socket.on("close", () => channel?.kill());
    socket.on("data", (chunk: Uint8Array) => {
      for (const frame of decoder.push(chunk)) {
        if (frame.type !== "control") channel?.take(frame);
        else {
          const message = readClientMessage(frame.bytes);
          if (message.type === "git")
            channel = new GitProcess(socket, frame.channel, { service: message.service, repository }, this.options);
        }
      }
    });
  }
}

/** One git, over the frames of one channel. */
class GitProcess {
  readonly #socket: Duplex;
  readonly #channel: number;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #credit = new SendCredit();
  readonly #received = new ReceiveCredit();
  readonly #options: FakeDaemonOptions;
  #up = 0;
  #down = 0;

  constructor(
    socket: Duplex,
    channel: number,
    git: { service: string; repository: string },
    options: FakeDaemonOptions,
  ) {
    this.#socket = socket;
    this.#channel = channel;
    this.#options = options;
    const config = (options.config ?? []).flatMap((entry) => ["-c", entry]);
    this.#child = spawn("git", [...config, git.service, git.repository], { stdio: "pipe" });
    this.#child.stdin.on("error", () => undefined);
    this.#child.stdout.on("readable", () => this.#send());
    socket.on("drain", () => this.#send());
    let said = "";
    this.#child.stderr.on("data", (text: Buffer) => (said += text.toString()));
    this.#child.on("close", (code) => {
      if (socket.destroyed) return;
      socket.write(encodeFrame(closeFrame(channel, code === 0 ? undefined : said.trim())));
    });
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  take(frame: Frame): void {
    if (frame.type === "window") {
      this.#credit.grant(frame.credit);
      this.#send();
    } else if (frame.type === "end") this.#child.stdin.end();
    else if (frame.type === "data") {
      this.#received.receive(frame.bytes.length);
      this.#up += frame.bytes.length;
      if (this.#up > (this.#options.cutAfter?.up ?? Number.POSITIVE_INFINITY)) this.#socket.destroy();
      this.#child.stdin.write(frame.bytes, () => {
        const credit = this.#received.consume(frame.bytes.length);
        if (credit > 0) this.#socket.write(encodeFrame({ channel: this.#channel, type: "window", credit }));
      });
    }
  }

  #send(): void {
    while (this.#credit.bytes > 0 && !this.#socket.writableNeedDrain) {
      const { stdout } = this.#child;
      const size = Math.min(stdout.readableLength, this.#credit.bytes, MAX_FRAME_BYTES);
      const bytes = stdout.read(size === 0 ? undefined : size) as Uint8Array | null;
      if (bytes === null) return;
      this.#credit.spend(bytes.length);
      this.#down += bytes.length;
      if (this.#down > (this.#options.cutAfter?.down ?? Number.POSITIVE_INFINITY)) this.#socket.destroy();
      this.#socket.write(encodeFrame({ channel: this.#channel, type: "data", bytes }));
    }
  }
}

function refuse(socket: Duplex, name: string): void {
  const error = { code: "SESSION_NOT_FOUND", message: `There is no session "${name}"`, hint: "See clauderon list" };
  const body = JSON.stringify({ error });
  socket.end(`HTTP/1.1 404 Not Found\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
}
