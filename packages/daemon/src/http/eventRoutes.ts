import type { ServerResponse } from "node:http";
import type { DaemonEvent } from "@clauderon/protocol";
import type { FastifyInstance } from "fastify";
import type { EventHub } from "../session/events.ts";
import type { Sessions } from "../session/sessions.ts";

/** A client that lets this much wait has stopped reading. */
const MAX_WAITING_BYTES = 4_194_304;
const MAX_CLIENTS = 256;

/** Server-sent events: all sessions, `ready`, then each change. */
export function addEventRoutes(app: FastifyInstance, sessions: Sessions, events: EventHub): void {
  const clients = new Set<ServerResponse>();
  app.get("/api/events", { schema: { hide: true } }, (_request, reply) => {
    if (clients.size >= MAX_CLIENTS)
      return reply.status(503).send({ error: { code: "USAGE", message: "Too many clients are listening" } });
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    const tell = (event: DaemonEvent) => {
      response.write(`data: ${JSON.stringify(event)}\n\n`);
      if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
    };
    for (const session of sessions.list()) tell({ type: "session", session });
    tell({ type: "ready" });
    const stop = events.listen(tell);
    clients.add(response);
    response.on("error", () => response.destroy());
    response.on("close", () => {
      stop();
      clients.delete(response);
    });
    return reply;
  });
}
