import type { Socket } from "node:net";
import type { Clock } from "@clauderon/base";
import type { SessionHost } from "../sessionHost.ts";
import { serveConnection } from "./serveConnection.ts";

/** How long a client may take to read the last words. */
const LAST_WORDS_MS = 1_000;
const LOOK_MS = 10;

/** Everybody who is connected, and what they started. Who comes before there is a session to serve waits for it. */
export class Connections {
  readonly #sockets = new Set<Socket>();
  readonly #work = new Set<Promise<void>>();
  #host: SessionHost | undefined;

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    if (this.#host !== undefined) serveConnection(socket, this.#host);
  }

  serve(host: SessionHost): void {
    this.#host = host;
    for (const socket of this.#sockets) serveConnection(socket, host);
  }

  /** Work that `end` waits for. */
  await(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  /** Each client gets what was said to it last, one that does not read is not waited for, and what they started ends. */
  async end(clock: Clock): Promise<void> {
    for (const socket of this.#sockets) socket.end();
    for (let waited = 0; waited < LAST_WORDS_MS && this.#sockets.size > 0; waited += LOOK_MS)
      await clock.sleep(LOOK_MS);
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#work);
  }
}
