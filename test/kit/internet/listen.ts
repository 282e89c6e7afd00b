import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";

/** Answers one request; a rejection becomes a 500 that holds the error, so a broken script is seen at the client. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Ends at once: open connections are closed. */
  stop(): Promise<void>;
}

interface ClosableServer extends Server {
  closeAllConnections(): void;
}

/** Serves plain HTTP on 127.0.0.1; port 0 (the default) takes a free one. */
export const listenPlain = (handler: Handler, port = 0): Promise<Listener> =>
  listen(createServer(toListener(handler)), { address: "127.0.0.1", port });

/** Binds a server; rejects when the address is not there or the port is taken. */
export async function listen(
  server: ClosableServer,
  at: { readonly address: string; readonly port: number },
): Promise<Listener> {
  server.listen(at.port, at.address);
  await once(server, "listening");
  return {
    address: at.address,
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Turns a handler into what `createServer` takes. */
export function toListener(handler: Handler): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    handler(request, response).catch((cause: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else
        answerJson(response, 500, {
          type: "error",
          error: { type: "api_error", message: `test kit: ${String(cause)}` },
        });
    });
  };
}

/** Sends a JSON body and ends the response. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
