import type { Socket } from "node:net";
import type { Clock } from "@clauderon/base";
import type { SessionHost } from "../sessionHost.ts";
import { serveConnection } from "./serveConnection.ts";

/** How long a client may take to read the last frames. */
const LAST_WORDS_MS = 1_000;
const LOOK_MS = 10;

/** All connected clients, and what they started. Clients that connect before the session is ready wait for it. */
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

  /**
   * Gives each client time to read the last frames, but does not wait for one that does not read; then ends everything
   * that they started.
   */
  async end(clock: Clock): Promise<void> {
    for (const socket of this.#sockets) socket.end();
    for (let waited = 0; waited < LAST_WORDS_MS && this.#sockets.size > 0; waited += LOOK_MS)
      await clock.sleep(LOOK_MS);
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#work);
  }
}
