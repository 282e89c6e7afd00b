import { type IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Duplex } from "node:stream";
import type { Tunnel } from "../model/decideConnect.ts";
import { type Header, pairs } from "./headers.ts";

/** An intercepted tunnel: where it leads and who opened it. */
export interface OpenTunnel extends Tunnel {
  readonly serverName: string | undefined;
  readonly principal: string;
  readonly tokenHash: string;
}

/** A request as a client sent it, by either version of HTTP, and the response that it awaits. */
export interface Incoming {
  readonly request: IncomingMessage | Http2ServerRequest;
  readonly response: ServerResponse | Http2ServerResponse;
  /** Undefined for a request to the proxy's own port. */
  readonly tunnel: OpenTunnel | undefined;
  /** For a request to upgrade to WebSocket: the connection, and what of the new protocol came with the headers. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
}

export function isHttp2(request: Incoming["request"]): request is Http2ServerRequest {
  return request.httpVersionMajor === 2;
}

/** Whether nobody waits for the response any more. */
export function isGone(response: Incoming["response"]): boolean {
  return response instanceof ServerResponse ? response.destroyed : response.stream.destroyed;
}

/** The headers of a request; of the pseudo-headers of HTTP/2 only `:authority`. */
export function headersOf(request: Incoming["request"]): readonly Header[] {
  return pairs(request.rawHeaders).filter(([name]) => !name.startsWith(":") || name === ":authority");
}

/** Sends the head of a response; false when its headers are not valid. */
export function trySendHead(
  response: Incoming["response"],
  head: { readonly status: number; readonly statusText: string; readonly headers: readonly Header[] },
): boolean {
  try {
    if (response instanceof ServerResponse) response.writeHead(head.status, head.statusText, head.headers.flat());
    else response.writeHead(head.status, grouped(head.headers));
    return true;
  } catch {
    return false;
  }
}

/** Headers by name, as HTTP/2 responses take them: a name that comes twice has a list. */
function grouped(headers: readonly Header[]): Record<string, string | string[]> {
  const byName = new Map<string, string[]>();
  for (const [name, value] of headers)
    byName.set(name.toLowerCase(), [...(byName.get(name.toLowerCase()) ?? []), value]);
  return Object.fromEntries(
    [...byName].map(([name, [first = "", ...others]]) => [name, others.length === 0 ? first : [first, ...others]]),
  );
}

/** Breaks a response off. The client must not take a part of its body for the whole. */
export function breakOff(response: Incoming["response"]): void {
  if (response instanceof ServerResponse) response.destroy();
  // Without an error, a stream of HTTP/2 ends as if it were complete.
  else response.destroy(new Error("The response was broken off"));
}

/** Answers with a sentence for the person or agent that reads it. The rest of the request is not read. */
export function answer(
  { request, response }: Incoming,
  { status, reason, message }: { readonly status: number; readonly reason: string; readonly message: string },
  headers: readonly Header[] = [],
): void {
  if (response.headersSent || isGone(response)) return breakOff(response);
  const body = `clauderon-proxy: ${message}\n`;
  const isUnread = !request.complete;
  const all: Header[] = [
    ["content-type", "text/plain; charset=utf-8"],
    ["content-length", String(Buffer.byteLength(body))],
    ["x-clauderon-proxy", reason],
    ...headers,
    ...(isUnread && !isHttp2(request) ? [["connection", "close"] as const] : []),
  ];
  if (!trySendHead(response, { status, statusText: reason, headers: all })) return breakOff(response);
  response.end(body);
  if (isUnread && isHttp2(request)) response.once("finish", () => request.stream.close());
}
