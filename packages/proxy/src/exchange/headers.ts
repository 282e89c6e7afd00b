/** A header as it came, in the order and spelling of its message. */
export type Header = readonly [name: string, value: string];

/** Headers that speak about one connection, not about the message. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** What the proxy says itself, from what it knows of the message. */
const OURS_IN_REQUESTS = new Set(["host", "content-length", "expect"]);

/** Invites clients to reach a server without the proxy. */
const BYPASS = new Set(["alt-svc"]);

/** The headers in pairs, from the flat list that Node gives. */
export function pairs(raw: readonly string[]): readonly Header[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []));
}

/** The values of a header, each as it came. */
export function valuesOf(headers: readonly Header[], wanted: string): readonly string[] {
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

/** The headers of a request that a server may see, without those that the proxy writes itself, and without `drop`. */
export function forwardedRequestHeaders(headers: readonly Header[], drop: readonly string[]): readonly Header[] {
  const dropped = new Set(drop.map((name) => name.toLowerCase()));
  return endToEnd(headers).filter(([name]) => {
    const key = name.toLowerCase();
    return !name.startsWith(":") && !OURS_IN_REQUESTS.has(key) && !dropped.has(key);
  });
}

/** The headers of a response that the client may see. */
export function forwardedResponseHeaders(headers: readonly Header[]): readonly Header[] {
  return endToEnd(headers).filter(([name]) => !BYPASS.has(name.toLowerCase()));
}

/** Without what belongs to the connection: the known ones, and those that the Connection header names. */
function endToEnd(headers: readonly Header[]): readonly Header[] {
  const named = valuesOf(headers, "connection").flatMap((value) => value.split(","));
  const connection = new Set(named.map((name) => name.trim().toLowerCase()));
  return headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !connection.has(name.toLowerCase()));
}
