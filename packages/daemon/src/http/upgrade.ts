import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Fault, type Log, messageOf } from "@clauderon/base";
import { STREAM_PROTOCOL } from "@clauderon/protocol";
import { serveClient } from "../link/clientStream.ts";
import type { Sessions } from "../session/sessions.ts";
import { apiError } from "./errors.ts";

export interface UpgradeContext {
  readonly sessions: Sessions;
  readonly log: Log;
  /** Throws a Fault when the client is not allowed in. */
  readonly check: (request: IncomingMessage) => void;
}

/** Answers `GET /api/sessions/:name/stream` with 101 and then speaks frames; refuses everything else in HTTP. */
export function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, context: UpgradeContext): void {
  socket.on("error", () => socket.destroy());
  try {
    context.check(request);
    const [, name] = /^\/api\/sessions\/([a-z0-9-]{1,63})\/stream(?:\?|$)/.exec(request.url ?? "") ?? [];
    if (name === undefined || request.method !== "GET" || request.headers.upgrade !== STREAM_PROTOCOL) {
      throw new Fault("USAGE", `Only /api/sessions/NAME/stream can be upgraded, to ${STREAM_PROTOCOL}`);
    }
    const { link } = context.sessions.worker(name);
    link.refuseUnlessConnected();
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${STREAM_PROTOCOL}\r\n\r\n`);
    if (head.length > 0) socket.unshift(head);
    serveClient(socket, link, (thrown) => {
      context.log.error("Stream failed", {
        session: name,
        error: thrown instanceof Error ? thrown.stack : messageOf(thrown),
      });
    });
  } catch (thrown) {
    refuse(socket, thrown);
  }
}

function refuse(socket: Duplex, thrown: unknown): void {
  const { status, body } = apiError(thrown);
  const text = JSON.stringify(body);
  const head = `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}`;
  socket.end(`${head}\r\n\r\n${text}`, () => socket.destroy());
}
