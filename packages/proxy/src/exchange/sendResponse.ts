import { type IncomingMessage, ServerResponse } from "node:http";
import { pipeline, type Transform } from "node:stream";
import type { AuditEntry } from "../audit/auditTrail.ts";
import { usageMeter } from "../model/usage/usageMeter.ts";
import { decodersFor } from "./decoding.ts";
import { end } from "./endings.ts";
import { forwardedResponseHeaders, type Header, pairs } from "./headers.ts";
import { type Incoming, isHttp2, trySendHead } from "./incoming.ts";
import type { Job } from "./job.ts";
import { Mask, maskText } from "./mask.ts";

/** How long a client may continue to send after it has the whole response. */
const LINGER_MS = 2_000;

/** Sends a server's response to the client as it comes, with stars over the secrets of the request. */
export function sendResponse(
  job: Pick<Job, "incoming" | "entry" | "isModelCall">,
  received: IncomingMessage,
  secrets: readonly string[],
): void {
  const { incoming, entry } = job;
  const { request, response } = incoming;
  const status = received.statusCode ?? 502;
  const filters = hasBody(request.method, status) ? bodyFilters(received, secrets) : [];
  if (filters === undefined) {
    received.destroy();
    const message =
      "The server encoded its response in a way that the proxy cannot read, and it could show a credential";
    return end(incoming, entry, { status: 502, reason: "UpstreamEncodingUnknown", message });
  }
  const changed = filters.length > 1 ? ["content-encoding", "content-length"] : [];
  const headers = forwardedResponseHeaders(pairs(received.rawHeaders))
    .filter(([name]) => !changed.includes(name.toLowerCase()))
    .map(([name, value]): Header => [name, maskText(value, secrets)]);
  const head = { status, statusText: received.statusMessage ?? "", headers };
  if (!trySendHead(response, head)) {
    received.destroy();
    const message = "The server sent a response that is not valid HTTP";
    return end(incoming, entry, { status: 502, reason: "UpstreamProtocolError", message });
  }
  // Clients of streams wait for the head; a short response goes out in one piece.
  if (response instanceof ServerResponse && received.headers["content-length"] === undefined) response.flushHeaders();
  if (job.isModelCall && status === 200) meter(entry, received, filters.at(-1));
  received.once("end", () => addTrailers(response, received));
  // Before the response closes, which would be taken for the client's doing.
  received.once("error", () => (entry.facts.reason ??= "UpstreamFailed"));
  pipeline([received, ...filters, response], (failure) => {
    if (!failure) endUpload(request);
  });
  received.on("data", (chunk: Buffer) => {
    entry.facts.received = (entry.facts.received ?? 0) + chunk.length;
  });
}

function hasBody(method: string | undefined, status: number): boolean {
  return method !== "HEAD" && status !== 204 && status !== 304;
}

/** What the body passes through: nothing when there is nothing to hide; undefined when its encoding is not known. */
function bodyFilters({ headers }: IncomingMessage, secrets: readonly string[]): readonly Transform[] | undefined {
  if (secrets.length === 0) return [];
  const decoders = decodersFor(headers["content-encoding"] ?? "");
  return decoders === undefined ? undefined : [...decoders, new Mask(secrets)];
}

/** Reads what the call used from the response as the client gets it. */
function meter(entry: AuditEntry, received: IncomingMessage, filter: Transform | undefined): void {
  const reader = usageMeter(received.headers["content-type"] ?? "");
  if (reader === undefined) return;
  entry.meter = reader;
  (filter ?? received).on("data", (chunk: Buffer) => reader.push(chunk));
}

function addTrailers(response: Incoming["response"], received: IncomingMessage): void {
  const trailers = forwardedResponseHeaders(pairs(received.rawTrailers));
  if (trailers.length > 0) response.addTrailers(Object.fromEntries(trailers));
}

/** Ends what a client still sends although it has its response. */
function endUpload(request: Incoming["request"]): void {
  if (request.complete) return;
  if (isHttp2(request)) return request.stream.close();
  setTimeout(() => {
    if (!request.complete) request.destroy();
  }, LINGER_MS).unref();
}
