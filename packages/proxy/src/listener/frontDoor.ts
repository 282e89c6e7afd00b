import http, { type IncomingMessage, ServerResponse } from "node:http";
import http2, { type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from "node:http2";
import type net from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { OpenTunnel } from "../exchange/incoming.ts";
import { serve } from "../exchange/serve.ts";
import type { ProxyParts } from "../proxyParts.ts";
import { answerOwn } from "./answerOwn.ts";
import { connect, type ConnectRequest, refuseTunnel } from "./connect.ts";

/** Longest headers of a request, and how many. */
const MAX_HEADER_BYTES = 65_536;
const MAX_HEADERS = 256;
/** Connections that are open but idle, or not yet anyone's, on one listener. */
const MAX_SOCKETS = 8_192;
const IDLE_MS = 65_000;
const MAX_STREAMS = 128;

/**
 * One server for one listening address. It takes requests to the proxy itself, opens tunnels, and reads in them HTTP/1.1
 * with the same server and the same limits, and HTTP/2 with another that never listens.
 */
export class FrontDoor {
  readonly #parts: ProxyParts;
  readonly #server: http.Server;
  readonly #http2: http2.Http2Server;
  readonly #tunnels = new WeakMap<Duplex, OpenTunnel>();
  readonly #responses = new WeakMap<Duplex, ServerResponse>();
  readonly #sessions = new Map<ServerHttp2Session, OpenTunnel>();
  readonly #sockets = new Set<Duplex>();
  /** Tunnels in which nothing has been said yet. */
  readonly #opening = new Set<Duplex>();
  #isClosing = false;

  constructor(parts: ProxyParts) {
    this.#parts = parts;
    this.#server = this.#createServer();
    this.#http2 = this.#createHttp2();
  }

  get server(): http.Server {
    return this.#server;
  }

  /** Takes no new connection, and ends those that are idle. Resolves when all others have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions.keys()) session.close();
    this.#server.closeIdleConnections();
    for (const socket of this.#opening) socket.destroy();
    await closed;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #createServer(): http.Server {
    const { headerMs } = this.#parts.limits;
    const server = http.createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: headerMs,
      // The body has a limit for its pauses instead: a large upload takes its time.
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(1_000, headerMs),
      keepAliveTimeout: IDLE_MS,
      noDelay: true,
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    });
    server.maxHeadersCount = MAX_HEADERS;
    server.maxConnections = MAX_SOCKETS;
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => this.#onRequest(request, response);
    server.on("connection", (socket: net.Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.on("request", onRequest);
    server.on("checkContinue", onRequest);
    server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket as net.Socket, head));
    server.on("connect", (request, socket, head) => this.#onConnect(request, socket as net.Socket, head));
    server.on("clientError", (error, socket) => this.#onClientError(error, socket));
    return server;
  }

  #createHttp2(): http2.Http2Server {
    const server = http2.createServer({
      settings: {
        maxConcurrentStreams: MAX_STREAMS,
        maxHeaderListSize: MAX_HEADER_BYTES,
        enableConnectProtocol: false,
      },
      maxHeaderListPairs: MAX_HEADERS,
    });
    const onRequest = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
      const { session } = request.stream;
      const tunnel = session === undefined ? undefined : this.#sessions.get(session as ServerHttp2Session);
      if (tunnel === undefined) return request.stream.close();
      void serve(this.#parts, { request, response, tunnel });
    };
    server.on("request", onRequest);
    server.on("checkContinue", onRequest);
    server.on("connect", onRequest);
    server.on("sessionError", () => undefined);
    return server;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const tunnel = this.#tunnels.get(request.socket);
    if (this.#isClosing) response.shouldKeepAlive = false;
    this.#responses.set(request.socket, response);
    response.once("finish", () => this.#responses.delete(request.socket));
    if (tunnel === undefined && request.url?.startsWith("/") === true)
      return void answerOwn(this.#parts.principals, request, response);
    void serve(this.#parts, { request, response, tunnel });
  }

  #onUpgrade(request: IncomingMessage, socket: net.Socket, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once("finish", () => socket.destroySoon());
    // Node leaves the other half open: a client that left would hold its place until the server answers.
    socket.once("end", () => {
      if (response.socket !== null) socket.destroy();
    });
    void serve(this.#parts, { request, response, tunnel: this.#tunnels.get(socket), upgrade: { socket, head } });
  }

  #onConnect(request: IncomingMessage, socket: net.Socket, head: Buffer): void {
    const outer = this.#tunnels.get(socket);
    if (outer === undefined) return void this.#open({ request, socket, head });
    const { principal, host, port } = outer;
    const entry = this.#parts.audit.begin({ method: "CONNECT", principal, host, port });
    refuseTunnel(socket, entry, {
      status: 403,
      reason: "MethodRefused",
      message: "There is no tunnel inside a tunnel",
    });
  }

  async #open(asked: ConnectRequest): Promise<void> {
    this.#opening.add(asked.socket);
    await connect(this.#parts, asked, (tunnel, tls) => this.#onIntercepted(tunnel, tls));
    this.#opening.delete(asked.socket);
  }

  #onIntercepted(tunnel: OpenTunnel, tls: TLSSocket): void {
    this.#tunnels.set(tls, tunnel);
    if (tls.alpnProtocol !== "h2") return void this.#server.emit("connection", tls);
    this.#http2.once("session", (session: ServerHttp2Session) => this.#onSession(session, tunnel));
    this.#http2.emit("connection", tls);
  }

  #onSession(session: ServerHttp2Session, tunnel: OpenTunnel): void {
    this.#sessions.set(session, tunnel);
    session.on("error", () => session.destroy());
    session.once("close", () => this.#sessions.delete(session));
    // Takes no new stream after a pause, and lets open ones end.
    session.setTimeout(IDLE_MS, () => session.close());
  }

  #onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    const tunnel = this.#tunnels.get(socket);
    const isAnswering = this.#responses.get(socket)?.headersSent === true;
    if (error.code === "ECONNRESET" || !socket.writable || isAnswering) return void socket.destroy();
    const where = tunnel === undefined ? {} : { principal: tunnel.principal, host: tunnel.host, port: tunnel.port };
    refuseTunnel(socket, this.#parts.audit.begin({ method: "", ...where }), clientEnding(error.code ?? ""));
  }
}

function clientEnding(code: string): { status: number; reason: string; message: string } {
  if (code === "HPE_HEADER_OVERFLOW")
    return { status: 431, reason: "HeadersTooLarge", message: "The headers of the request are too large" };
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return { status: 408, reason: "HeadersStalled", message: "The headers of the request did not arrive in time" };
  return { status: 400, reason: "MalformedRequest", message: `The request is not valid HTTP (${code})` };
}
