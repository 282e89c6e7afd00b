import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { STREAM_PROTOCOL } from "@clauderon/protocol";
import { onTestFinished } from "vitest";

const HELPER = createRequire(import.meta.url).resolve("@clauderon/git-remote/helper");

export interface GitEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes sessions git remotes, as the daemon does: each stream is a connection of its own to the runner's socket. */
export class Gateway {
  /** CLAUDERON_HOME of the client that asks for a session here. */
  readonly home = mkdtempSync(join(tmpdir(), "gateway-"));
  readonly #streams = new Set<Socket>();

  /** Sockets of runners by the names of their sessions. */
  static async start(sockets: Readonly<Record<string, string>>): Promise<Gateway> {
    const gateway = new Gateway();
    const server = createServer();
    server.on("upgrade", (request, client: Socket) => {
      const name = /^\/api\/sessions\/([^/]+)\/stream$/.exec(request.url ?? "")?.[1] ?? "";
      client.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${STREAM_PROTOCOL}\r\n\r\n`);
      gateway.#join(client, connect(sockets[name] ?? "/nonexistent"));
    });
    server.listen(join(gateway.home, "daemon.sock"));
    await once(server, "listening");
    onTestFinished(() => {
      server.close();
      gateway.cut();
      rmSync(gateway.home, { recursive: true, force: true });
    });
    return gateway;
  }

  /** Cuts every stream. */
  cut(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  /** Runs git in a folder, for which `clauderon::<session>` is a remote. */
  async git(cwd: string, ...args: readonly string[]): Promise<GitEnd> {
    const child = spawn("git", args, {
      cwd,
      env: {
        PATH: `${dirname(HELPER)}:${process.env["PATH"] ?? ""}`,
        HOME: "/nonexistent",
        LC_ALL: "C",
        CLAUDERON_NODE: process.execPath,
        CLAUDERON_HOME: this.home,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  }

  #join(one: Socket, other: Socket): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      this.#streams.add(from);
      from.on("error", () => undefined);
      from.on("close", () => {
        this.#streams.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
