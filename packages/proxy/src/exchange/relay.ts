import type { Duplex } from "node:stream";

/** The bytes that went each way so far. */
export interface Relayed {
  sent?: number | undefined;
  received?: number | undefined;
}

/**
 * Joins a client's connection with a server's until both are closed, each way as fast as its slower end, and counts. What
 * one end finished is still delivered when it closes; what one end broke is broken on the other.
 */
export function relay(client: Duplex, server: Duplex, counts: Relayed): void {
  pass(client, server);
  pass(server, client);
  client.on("data", (chunk: Buffer) => {
    counts.sent = (counts.sent ?? 0) + chunk.length;
  });
  server.on("data", (chunk: Buffer) => {
    counts.received = (counts.received ?? 0) + chunk.length;
  });
}

function pass(from: Duplex, to: Duplex): void {
  from.pipe(to);
  const finish = (): void => {
    if (from.readableEnded) endSoon(to);
    else to.destroy();
  };
  from.on("error", () => from.destroy());
  if (from.closed) finish();
  else from.once("close", finish);
}

/** Closes a connection once what was written to it is sent. */
function endSoon(socket: Duplex): void {
  if (socket.writableFinished) return void socket.destroy();
  socket.once("finish", () => socket.destroy());
  if (!socket.writableEnded) socket.end();
}
