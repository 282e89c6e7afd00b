import type { IncomingMessage } from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Grant } from "@clauderon/protocol/proxy";
import type { AuditEntry } from "../audit/auditTrail.ts";
import { AUDIT_FAILED, AUTHENTICATE, type Ending, TOO_MANY, unauthenticated } from "../exchange/endings.ts";
import type { OpenTunnel } from "../exchange/incoming.ts";
import { relay } from "../exchange/relay.ts";
import { decideConnect, type Tunnel } from "../model/decideConnect.ts";
import type { ProxyParts } from "../proxyParts.ts";
import { upstreamFailure } from "../upstream/upstreamFailure.ts";

const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";
const TLS_HANDSHAKE = 0x16;

/** A client's request for a tunnel. */
export interface ConnectRequest {
  readonly request: IncomingMessage;
  readonly socket: net.Socket;
  /** What the client sent without waiting for the answer. */
  readonly head: Buffer;
}

/** Opens a tunnel, or says why not. `onIntercepted` gets the decrypted connection of one that the proxy reads. */
export async function connect(
  parts: ProxyParts,
  { request, socket, head }: ConnectRequest,
  onIntercepted: (tunnel: OpenTunnel, socket: TLSSocket) => void,
): Promise<void> {
  socket.on("error", () => socket.destroy());
  const entry = parts.audit.begin({ method: "CONNECT" });
  await parts.principals.meet(request.headers["proxy-authorization"]);
  const opening = admit(parts, request, socket, entry);
  if ("status" in opening) return refuseTunnel(socket, entry, opening);
  if (head.length > 0) socket.unshift(head);
  if (opening.how === "Relay") return relayTo(parts, { opening, socket, authority: request.url ?? "" }, entry);
  socket.write(ESTABLISHED);
  entry.end(200);
  const { principal, name: session, tokenHash } = opening.grant;
  const inside = parts.audit.begin({ method: "CONNECT", principal, session, ...place(opening) });
  try {
    const tls = await handshake(parts, opening, socket);
    onIntercepted({ ...place(opening), serverName: serverNameOf(tls), principal, tokenHash }, tls);
  } catch (thrown) {
    inside.facts.reason = thrown instanceof NotTls ? "NotTls" : "TlsFailed";
    inside.end(0);
    socket.destroy();
  }
}

interface Opening extends Tunnel {
  readonly grant: Grant;
  readonly how: "Intercept" | "Relay";
}

function admit(
  parts: ProxyParts,
  request: IncomingMessage,
  socket: net.Socket,
  { facts }: AuditEntry,
): Opening | Ending {
  if (!parts.audit.works) return AUDIT_FAILED;
  const who = parts.principals.authenticate(request.headers["proxy-authorization"]);
  if (!who.known) return unauthenticated(who.reason);
  const { grant } = who;
  Object.assign(facts, { principal: grant.principal, session: grant.name });
  if (!parts.occupancy.addConnection(grant.principal, socket)) return TOO_MANY;
  const verdict = decideConnect(grant, request.url ?? "");
  const { host, port } = verdict;
  Object.assign(facts, { host, port });
  if (!verdict.allow) return verdict;
  const { how, rule, recorded } = verdict;
  Object.assign(facts, { rule, ...(recorded ? { recorded } : {}) });
  return { grant, host: verdict.host, port: verdict.port, how };
}

/** Refuses a tunnel on the connection that asked for it, and closes that. */
export function refuseTunnel(socket: Duplex, entry: AuditEntry, { status, reason, message }: Ending): void {
  entry.facts.reason = reason;
  entry.end(status);
  const body = `clauderon-proxy: ${message}\n`;
  const headers = [
    `HTTP/1.1 ${status} ${reason}`,
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-clauderon-proxy: ${reason}`,
    ...(status === 407 ? [AUTHENTICATE.join(": ")] : []),
    "connection: close",
  ];
  socket.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
  socket.once("finish", () => socket.destroy());
}

/** Connects to the server of a tcp rule; what passes is not looked into. */
function relayTo(
  parts: ProxyParts,
  { opening, socket, authority }: { opening: Opening; socket: net.Socket; authority: string },
  entry: AuditEntry,
): void {
  const { host, port, grant } = opening;
  const leave = parts.occupancy.addUse(grant.principal, {
    isAllowed() {
      const current = parts.principals.current(grant.principal, grant.tokenHash);
      return current !== undefined && decideConnect(current, authority).allow;
    },
    cut: () => socket.destroy(),
  });
  if (leave === undefined) return refuseTunnel(socket, entry, TOO_MANY);
  socket.once("close", leave);
  const route = parts.destinations.routeTo(host, port, "Relay");
  const server = net.connect({ ...route, allowHalfOpen: true, noDelay: true, timeout: parts.limits.headerMs });
  server.once("timeout", () => server.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
  const onError = (thrown: Error): void => refuseTunnel(socket, entry, upstreamFailure(host, thrown));
  server.once("error", onError);
  socket.once("close", () => {
    server.destroy();
    entry.end(server.connecting ? 0 : 200);
  });
  server.once("connect", () => {
    server.setTimeout(0);
    server.off("error", onError);
    socket.write(ESTABLISHED);
    relay(socket, server, entry.facts);
  });
}

class NotTls extends Error {}

/** Speaks TLS with the client as the host of the tunnel. Rejects for anything else, and when it takes too long. */
async function handshake(parts: ProxyParts, { host }: Tunnel, socket: net.Socket): Promise<TLSSocket> {
  const late = setTimeout(() => socket.destroy(), parts.limits.headerMs);
  try {
    if ((await firstByte(socket)) !== TLS_HANDSHAKE) throw new NotTls();
    const secureContext = await parts.leaves.contextFor(host);
    const tls = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ["h2", "http/1.1"] });
    tls.on("error", () => tls.destroy());
    await new Promise<void>((resolve, reject) => {
      tls.once("secure", resolve);
      tls.once("close", () => reject(new Error("The client closed the connection")));
      // Node leaves the other half open, and nobody reads from the socket yet.
      tls.once("end", () => reject(new Error("The client closed the connection")));
    });
    if (tls.readableEnded) throw new Error("The client closed the connection");
    // What a server of node:tls does with its sockets at this point; HTTP/2 waits for it.
    return Object.assign(tls, { secureConnecting: false });
  } finally {
    clearTimeout(late);
  }
}

/** The first byte that the client sends, left in place. */
function firstByte(socket: net.Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    const onReadable = (): void => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return;
      socket.off("readable", onReadable);
      socket.unshift(bytes);
      resolve(bytes[0] ?? 0);
    };
    socket.on("readable", onReadable);
    socket.once("end", () => reject(new Error("The client closed the connection")));
    socket.once("close", () => reject(new Error("The client closed the connection")));
  });
}

function serverNameOf({ servername }: TLSSocket): string | undefined {
  return typeof servername === "string" && servername !== "" ? servername : undefined;
}

function place({ host, port }: Tunnel): Tunnel {
  return { host, port };
}
