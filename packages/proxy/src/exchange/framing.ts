import { type Header, valuesOf } from "./headers.ts";

/** How the body of a request ends: it has none, a known length, or comes in chunks. */
export type Framing =
  | { readonly kind: "None" }
  | { readonly kind: "Length"; readonly length: string }
  | { readonly kind: "Chunks" };

/** Methods whose requests say that they have no body. */
const WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/**
 * The framing that a request states. HTTP/2 needs to state none, so there `endsAtHeaders` decides. Requests with two
 * lengths, or a length beside chunks, were refused before.
 */
export function framingOf(headers: readonly Header[], http2: { readonly endsAtHeaders: boolean } | undefined): Framing {
  const [length] = valuesOf(headers, "content-length");
  if (length !== undefined) return { kind: "Length", length };
  const isChunked = valuesOf(headers, "transfer-encoding").length > 0 || http2?.endsAtHeaders === false;
  return { kind: isChunked ? "Chunks" : "None" };
}

/** The headers with which the proxy states the framing to the server. */
export function framingHeaders(framing: Framing, method: string): readonly Header[] {
  if (framing.kind === "Chunks") return [["transfer-encoding", "chunked"]];
  if (framing.kind === "Length") return [["content-length", framing.length]];
  return WITH_BODY.has(method) ? [["content-length", "0"]] : [];
}
