import { coversHost, holdsPlaceholder, parseAuthority, placeholderOf } from "@clauderon/protocol/proxy";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideConnect } from "./decideConnect.ts";
import { decideRequest } from "./decideRequest.ts";
import { testCredentials, testGrant } from "./grant.fixture.ts";
import { pathReadings } from "./pathReadings.ts";
import type { ProxyRequest } from "./request.ts";

const RUNS = { numRuns: 2_000 };
const grant = testGrant({
  allow: [
    { host: "example.com", paths: ["/me/"] },
    { host: "*.example.org", ports: [443, 8443] },
    { host: "api.github.com" },
  ],
});
const placeholders = testCredentials.map((rule) => placeholderOf(rule, grant.principal));

const listed = fc.constantFrom("example.com", "EXAMPLE.com.", "a.example.org", "api.github.com");
const unlisted = fc.constantFrom("example.org", "evil.com", "127.1", "[::1]", "10.0.0.1", "xexample.com");
const host = fc.oneof({ weight: 6, arbitrary: listed }, unlisted, fc.domain(), fc.string({ maxLength: 12 }));
const authority = fc.oneof(
  host,
  fc.tuple(host, fc.constantFrom(":443", ":80", ":8443", ":", ":x")).map((parts) => parts.join("")),
);
const segment = fc.constantFrom(
  "me",
  "you",
  "..",
  ".",
  "",
  "%2e%2e",
  "%2f",
  "..%2f",
  "%252e",
  "a;b",
  "..;",
  "\\",
  "%5c..",
  "%00",
  "a b",
  "é",
  "#",
  "?x=1",
);
const plain = fc.constantFrom("/me/a", "/me/a?x=1", "/");
const path = fc.oneof(
  { weight: 2, arbitrary: plain },
  fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join("/")}`),
);
const header = fc.tuple(
  fc.constantFrom(
    "host",
    "Host",
    ":authority",
    "authorization",
    "x-api-key",
    "cookie",
    "upgrade",
    "content-length",
    "transfer-encoding",
    "accept",
  ),
  fc.oneof(
    authority,
    fc.constantFrom(...placeholders),
    fc.constantFrom(...placeholders).map((text) => `Bearer ${text}`),
    fc.string({ maxLength: 8 }),
  ),
);
const mostly = fc.constantFrom(true, true, true, false);
const request: fc.Arbitrary<ProxyRequest> = fc
  .record({
    tunnel: fc.option(
      fc.tuple(host, fc.constantFrom(443, 443, 443, 8443, 80, 22), mostly, host).map(([host, port, same, other]) => ({
        host,
        port,
        serverName: same ? host : other,
      })),
    ),
    method: fc.constantFrom("GET", "GET", "POST", "DELETE", "CONNECT", "TRACE", "get"),
    target: fc.oneof(
      { weight: 4, arbitrary: path },
      fc.tuple(fc.constantFrom("http://", "https://"), authority, path).map((parts) => parts.join("")),
      fc.string({ maxLength: 10 }),
    ),
    sameHost: mostly,
    headers: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(header, { maxLength: 3 })),
  })
  .map(({ tunnel, sameHost, headers, ...others }) => ({
    ...others,
    headers: sameHost && tunnel !== null ? [["host", `${tunnel.host}:${tunnel.port}`], ...headers] : headers,
    ...(tunnel === null ? {} : { tunnel }),
  }));

/** Whether the grant lists this place for a path that means only this. */
function isListed(name: string, port: number, path: string): boolean {
  const rule = grant.allow.find(({ host, ports }) => coversHost(host, name) && ports.includes(port));
  const readings = pathReadings(path) ?? [];
  return (
    rule !== undefined && (rule.paths ?? ["/"]).some((prefix) => readings.every((text) => text.startsWith(prefix)))
  );
}

describe("whatever is asked", () => {
  it("a tunnel that opens leads to a listed host, by name, on a listed port", () => {
    fc.assert(
      fc.property(authority, (text) => {
        const verdict = decideConnect(grant, text);
        const listed = verdict.allow && verdict.how === "Intercept" && isListed(verdict.host, verdict.port, "/me/");
        const isTcp = verdict.allow && verdict.how === "Relay" && grant.tcp.includes(`${verdict.host}:${verdict.port}`);
        expect(verdict.allow).toBe(listed || isTcp);
      }),
      RUNS,
    );
  });

  it("a request that passes goes to the one listed place that all its parts name, and takes no placeholder along", () => {
    let passed = 0;
    fc.assert(
      fc.property(request, (asked) => {
        const verdict = decideRequest(grant, testCredentials, asked);
        if (!verdict.allow) return;
        passed += 1;
        const { host, port, scheme, path } = verdict;
        expect(isListed(host, port, path)).toBe(true);
        const named = asked.headers.filter(([name]) => ["host", ":authority"].includes(name.toLowerCase()));
        const parsed = named.map(([, value]) => parseAuthority(value, scheme === "https" ? 443 : 80));
        for (const authority of parsed) expect(authority).toEqual({ host: { kind: "Name", text: host }, port });
        const edited = verdict.edits.map(({ name }) => name);
        const left = asked.headers.filter(([name]) => !edited.includes(name.toLowerCase()));
        expect(left.some(([, value]) => holdsPlaceholder(value))).toBe(false);
        expect(["GET", "POST", "DELETE"]).toContain(asked.method);
      }),
      RUNS,
    );
    expect(passed).toBeGreaterThan(20);
  });
});
