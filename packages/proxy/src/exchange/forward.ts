import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ProxyParts } from "../proxyParts.ts";
import { upstreamFailure, UpstreamTimeout } from "../upstream/upstreamFailure.ts";
import { end } from "./endings.ts";
import { framingOf } from "./framing.ts";
import { forwardedRequestHeaders, forwardedResponseHeaders, pairs, valuesOf } from "./headers.ts";
import { headersOf, type Incoming, isGone, isHttp2 } from "./incoming.ts";
import type { Job } from "./job.ts";
import { relay } from "./relay.ts";
import { sendResponse } from "./sendResponse.ts";
import { credentialHeaders, openUpstream, type UpstreamHeaders, upstreamHeaders } from "./upstreamRequest.ts";

/** Sends a request to its server and the server's response to the client. */
export function forward(parts: ProxyParts, job: Job): void {
  const { incoming, entry, passage } = job;
  const { request } = incoming;
  const headers = headersOf(request);
  const framing = framingOf(headers, isHttp2(request) ? { endsAtHeaders: request.stream.endAfterHeaders } : undefined);
  const head = { method: request.method ?? "", headers, framing, isUpgrade: incoming.upgrade !== undefined };
  const prepared = upstreamHeaders(passage, head, (name) => parts.principals.secretOf(job.grant, name));
  if (prepared === undefined) {
    const message = `The credential ${entry.facts.credential ?? ""} has no secret at the proxy now. ${parts.principals.whyNoSecret}`;
    return end(incoming, entry, { status: 502, reason: "CredentialUnavailable", message });
  }
  const attempt = { parts, job, prepared, isBodyless: framing.kind === "None", isFirst: true };
  send(attempt);
}

interface Attempt {
  readonly parts: ProxyParts;
  readonly job: Job;
  readonly prepared: UpstreamHeaders;
  readonly isBodyless: boolean;
  readonly isFirst: boolean;
}

function send(attempt: Attempt): void {
  const { parts, job, prepared } = attempt;
  const { incoming, entry, passage } = job;
  const { request, response } = incoming;
  const upstream = openUpstream(passage, {
    method: request.method ?? "",
    agent: parts.pools.agentFor(job.grant.principal, passage.scheme),
    route: parts.destinations.routeTo(passage.host, passage.port, "Intercept"),
    headers: prepared.headers,
  });
  const isSent = attempt.isBodyless || job.body !== undefined || request.complete;
  limitTime(upstream, isSent ? undefined : request, { host: passage.host, ...parts.limits });
  response.once("close", () => upstream.destroy());
  upstream.on("continue", () => {
    if (request.headers.expect !== undefined) response.writeContinue();
  });
  upstream.on("information", ({ statusCode, rawHeaders }) => {
    const links = valuesOf(pairs(rawHeaders), "link");
    if (statusCode === 103 && links.length > 0) response.writeEarlyHints({ link: [...links] });
  });
  upstream.on("response", (received: IncomingMessage) => sendResponse(job, received, prepared.secrets));
  upstream.on("upgrade", (received: IncomingMessage, socket: Duplex, head: Buffer) => {
    joinUpgraded(job, received, { socket, head });
  });
  upstream.on("error", (thrown) => {
    if (response.headersSent || isGone(response)) return;
    // The server closed an idle connection at that moment; nothing is lost when a request without a body is sent again.
    if (attempt.isBodyless && attempt.isFirst && upstream.reusedSocket) return send({ ...attempt, isFirst: false });
    end(incoming, entry, upstreamFailure(passage.host, thrown));
  });
  sendBody(attempt, upstream);
}

function sendBody({ parts, job, isBodyless }: Attempt, upstream: ClientRequest): void {
  const { request } = job.incoming;
  if (isBodyless) {
    upstream.end();
    if (job.incoming.upgrade === undefined) request.resume();
    return;
  }
  if (job.body !== undefined) return void upstream.end(job.body);
  const refused = new Set(credentialHeaders(parts.principals.rulesOf(job.grant)));
  request.once("end", () => {
    const trailers = forwardedRequestHeaders(pairs(request.rawTrailers), [...refused]);
    if (trailers.length > 0) upstream.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]));
  });
  request.on("data", (chunk: Buffer) => {
    job.entry.facts.sent = (job.entry.facts.sent ?? 0) + chunk.length;
  });
  request.pipe(upstream);
  // The body may be a stream whose first part comes late, or never before the response.
  if (request.readableLength === 0) upstream.flushHeaders();
}

/** Ends a request that waits too long for its connection, or for its response once the body, which `request` still sends, is sent. */
function limitTime(
  upstream: ClientRequest,
  request: Incoming["request"] | undefined,
  { host, headerMs, answerMs }: { host: string; headerMs: number; answerMs: number },
): void {
  const expire = (message: string) => () => void upstream.destroy(new UpstreamTimeout(message));
  const connecting = setTimeout(expire(`${host} did not accept the connection in time`), headerMs);
  let answering: NodeJS.Timeout | undefined;
  const startAnswering = (): void => {
    answering = setTimeout(expire(`${host} did not start a response in time`), answerMs);
  };
  upstream.once("socket", (socket) => {
    const event = "encrypted" in socket ? "secureConnect" : "connect";
    if (socket.connecting) socket.once(event, () => clearTimeout(connecting));
    else clearTimeout(connecting);
  });
  if (request === undefined) startAnswering();
  else request.once("end", startAnswering);
  const stop = (): void => {
    clearTimeout(connecting);
    clearTimeout(answering);
    request?.off("end", startAnswering);
  };
  for (const event of ["response", "upgrade", "close"]) upstream.once(event, stop);
}

/** Joins the two connections of a WebSocket. */
function joinUpgraded(
  { incoming, entry }: Job,
  received: IncomingMessage,
  server: { readonly socket: Duplex; readonly head: Buffer },
): void {
  const { response, upgrade } = incoming;
  if (upgrade === undefined || isGone(response)) return void server.socket.destroy();
  if ("detachSocket" in response) response.detachSocket(upgrade.socket as Parameters<typeof response.detachSocket>[0]);
  const headers = forwardedResponseHeaders(pairs(received.rawHeaders)).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = [
    "HTTP/1.1 101 Switching Protocols\r\n",
    "connection: Upgrade\r\n",
    "upgrade: websocket\r\n",
    ...headers,
    "\r\n",
  ];
  upgrade.socket.write(Buffer.from(head.join(""), "latin1"));
  upgrade.socket.write(server.head);
  server.socket.write(upgrade.head);
  entry.facts.status = 101;
  relay(upgrade.socket, server.socket, entry.facts);
}
