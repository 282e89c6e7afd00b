import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Authority } from "../internet/certificates.ts";

/** A request as a server received it. */
interface Received {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage["headers"];
}

export interface Upstream {
  readonly port: number;
  /** Every request that reached it, oldest first, upgrades too. */
  readonly received: readonly Received[];
  readonly server: Server;
  stop(): Promise<void>;
}

export interface UpstreamOptions {
  readonly authority: Authority;
  /** The name in its certificate. */
  readonly name: string;
  readonly address?: string;
  readonly onRequest?: RequestListener;
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** A certificate instead of one of the authority. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** An HTTPS server of one name that records what reaches it; it answers `hello` to whole requests unless told otherwise. */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const received: Received[] = [];
  const server = createServer(options.certificate ?? (await options.authority.issue([options.name])));
  const record = ({ method = "", url = "", rawHeaders, headers }: IncomingMessage): void => {
    received.push({ method, url, rawHeaders, headers });
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    record(request);
    if (options.onRequest === undefined) request.resume().once("end", () => response.end("hello"));
    else options.onRequest(request, response);
  };
  server.on("request", onRequest);
  server.on("checkContinue", onRequest);
  const { onUpgrade } = options;
  if (onUpgrade !== undefined) {
    server.on("upgrade", (request, socket, head) => {
      record(request);
      onUpgrade(request, socket, head);
    });
  }
  server.listen(0, options.address ?? "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    received,
    server,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
