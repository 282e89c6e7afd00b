import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { readClientMessage, STREAM_PROTOCOL } from "@clauderon/protocol";
import { type Channel, type ChannelListener, StreamConnection } from "@clauderon/stream";

const HELPER = createRequire(import.meta.url).resolve("@clauderon/git-remote/helper");

export interface FakeDaemonOptions {
  /** Configuration of the git that answers, as `key=value`. */
  readonly config?: readonly string[];
  /** Cuts each connection after so many bytes of git's have gone this way. */
  readonly cutAfter?: { readonly up?: number; readonly down?: number };
  /** Stops each git after so many bytes have gone this way; the connection stays. */
  readonly stallAfter?: { readonly up?: number; readonly down?: number };
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
    const connection = new StreamConnection(socket, {
      isServer: true,
      read: readClientMessage,
      control: (message, number) => {
        if (message.type !== "git") return;
        const git = { service: message.service, repository, cut: () => socket.destroy() };
        connection.open(number, (channel) => new GitProcess(channel, git, this.options));
      },
    });
    connection.tell({ type: "hello", version: 1, session: "fake", pid: 1 });
  }
}

/** One git on a channel. */
class GitProcess implements ChannelListener {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #options: FakeDaemonOptions;
  readonly #cut: () => void;
  #up = 0;

  constructor(
    channel: Channel,
    git: { service: string; repository: string; cut: () => void },
    options: FakeDaemonOptions,
  ) {
    this.#options = options;
    this.#cut = git.cut;
    const config = (options.config ?? []).flatMap((entry) => ["-c", entry]);
    this.#child = spawn("git", [...config, git.service, git.repository], { stdio: "pipe" });
    const { stdin, stdout, stderr } = this.#child;
    stdin.on("error", () => undefined);
    let down = 0;
    stdout.on("data", (bytes: Buffer) => {
      down += bytes.length;
      if (down > (options.cutAfter?.down ?? Number.POSITIVE_INFINITY)) this.#cut();
      if (down > (options.stallAfter?.down ?? Number.POSITIVE_INFINITY)) this.#stall();
    });
    const carried = channel.carry(stdout).catch(() => undefined);
    let said = "";
    stderr.on("data", (text: Buffer) => (said += text.toString()));
    this.#child.on("close", (code) => {
      const reason = code === 0 ? undefined : { code: "REPOSITORY_UNAVAILABLE", message: said.trim() };
      void carried.then(() => channel.sent()).then(() => channel.close(reason));
    });
  }

  bytes({ bytes }: { readonly bytes: Uint8Array }, consumed: () => void): void {
    this.#up += bytes.length;
    if (this.#up > (this.#options.cutAfter?.up ?? Number.POSITIVE_INFINITY)) this.#cut();
    if (this.#up > (this.#options.stallAfter?.up ?? Number.POSITIVE_INFINITY)) this.#stall();
    this.#child.stdin.write(bytes, consumed);
  }

  #stall(): void {
    this.#child.kill("SIGSTOP");
    this.#child.stdout.pause();
  }

  end(): void {
    this.#child.stdin.end();
  }

  lost(): void {
    this.#child.kill("SIGKILL");
  }
}

function refuse(socket: Duplex, name: string): void {
  const error = { code: "SESSION_NOT_FOUND", message: `There is no session "${name}"`, hint: "See clauderon list" };
  const body = JSON.stringify({ error });
  socket.end(`HTTP/1.1 404 Not Found\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
}
