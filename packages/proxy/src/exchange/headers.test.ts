import { describe, expect, it } from "vitest";
import { forwardedRequestHeaders, forwardedResponseHeaders, pairs } from "./headers.ts";

describe("forwardedRequestHeaders", () => {
  it("drops what belongs to the connection, also what Connection names, and what the proxy writes itself", () => {
    const raw = [
      "Host",
      "a",
      "Connection",
      "close, X-Hop",
      "X-Hop",
      "1",
      "Proxy-Authorization",
      "Basic x",
      "TE",
      "trailers",
    ];
    const more = [
      "Upgrade",
      "h2c",
      "HTTP2-Settings",
      "x",
      "Content-Length",
      "3",
      "Expect",
      "100-continue",
      "Accept",
      "*/*",
    ];
    expect(forwardedRequestHeaders(pairs([...raw, ...more]), [])).toEqual([["Accept", "*/*"]]);
  });

  it("drops what the verdict says, in any spelling, and pseudo-headers", () => {
    const raw = [":authority", "a", "COOKIE", "a=b", "X-A", "1", "x-a", "2"];
    expect(forwardedRequestHeaders(pairs(raw), ["cookie"])).toEqual([
      ["X-A", "1"],
      ["x-a", "2"],
    ]);
  });
});

describe("forwardedResponseHeaders", () => {
  it("drops what belongs to the connection and what leads around the proxy", () => {
    const raw = [
      "Transfer-Encoding",
      "chunked",
      "Alt-Svc",
      'h3=":443"',
      "Proxy-Authenticate",
      "Basic",
      "Set-Cookie",
      "a=b",
    ];
    expect(forwardedResponseHeaders(pairs(raw))).toEqual([["Set-Cookie", "a=b"]]);
  });
});
