import { placeholderOf } from "@clauderon/protocol/proxy";
import { describe, expect, it } from "vitest";
import { decideRequest } from "./decideRequest.ts";
import { testCredentials, testGrant } from "./grant.fixture.ts";
import type { ProxyRequest } from "./request.ts";

/** A GET through a tunnel to example.com, with what the test changes. */
function request(changes: Partial<ProxyRequest> & { host?: string } = {}): ProxyRequest {
  const { host = "example.com", headers = [], ...others } = changes;
  const tunnel = { host, port: 443, serverName: host };
  return { tunnel, method: "GET", target: "/", headers: [["Host", host], ...headers], ...others };
}

const to = (url: string): ProxyRequest => ({ method: "GET", target: url, headers: [["Host", "example.com"]] });

const decide = (asked: ProxyRequest, grant = testGrant()) => decideRequest(grant, testCredentials, asked);

describe("decideRequest", () => {
  it("passes a request that a rule allows", () => {
    expect(decide(request({ target: "/a?b=c" }))).toEqual({
      allow: true,
      scheme: "https",
      host: "example.com",
      port: 443,
      target: "/a?b=c",
      path: "/a",
      rule: "example.com",
      recorded: false,
      edits: [],
      drop: ["cookie"],
    });
  });

  const inTunnel = { host: "example.com", port: 443, serverName: "example.com" };
  it.each<[string, Partial<ProxyRequest>]>([
    ["SNI", { tunnel: { ...inTunnel, serverName: "a.example.org" } }],
    ["a missing SNI", { tunnel: { ...inTunnel, serverName: undefined } }],
    ["Host", { headers: [["Host", "a.example.org"]] }],
    ["the port of Host", { headers: [["Host", "example.com:8443"]] }],
    [":authority", { headers: [[":authority", "a.example.org"]] }],
    [
      "Host beside :authority",
      {
        headers: [
          [":authority", "example.com"],
          ["host", "a.example.org"],
        ],
      },
    ],
    ["absolute-form", { headers: [["Host", "example.com"]], target: "https://a.example.org/" }],
    ["the scheme of absolute-form", { headers: [["Host", "example.com"]], target: "http://example.com:443/" }],
  ])("answers 421 when %s names another host than the tunnel", (_what, changes) => {
    const asked = { tunnel: inTunnel, method: "GET", target: "/", headers: [], ...changes };
    expect(decide(asked)).toMatchObject({ allow: false, reason: "AuthorityMismatch", status: 421 });
  });

  it.each<[string, ProxyRequest["headers"]]>([
    ["no Host", []],
    [
      "two Hosts",
      [
        ["Host", "example.com"],
        ["Host", "example.com"],
      ],
    ],
    [
      "Content-Length and Transfer-Encoding",
      [
        ["Host", "example.com"],
        ["Content-Length", "1"],
        ["Transfer-Encoding", "chunked"],
      ],
    ],
    [
      "two Content-Lengths",
      [
        ["Host", "example.com"],
        ["Content-Length", "1"],
        ["content-length", "1"],
      ],
    ],
    [
      "a list as Content-Length",
      [
        ["Host", "example.com"],
        ["Content-Length", "1, 1"],
      ],
    ],
    [
      "a signed Content-Length",
      [
        ["Host", "example.com"],
        ["Content-Length", "+1"],
      ],
    ],
    [
      "another Transfer-Encoding",
      [
        ["Host", "example.com"],
        ["Transfer-Encoding", "xchunked"],
      ],
    ],
    [
      "a line break in a value",
      [
        ["Host", "example.com"],
        ["a", "b\r\nc: d"],
      ],
    ],
    [
      "a bare LF in a value",
      [
        ["Host", "example.com"],
        ["a", "b\nc: d"],
      ],
    ],
    [
      "a space in a name",
      [
        ["Host", "example.com"],
        ["Content-Length ", "1"],
      ],
    ],
  ])("refuses %s", (_what, headers) => {
    expect(decide(request({ tunnel: inTunnel, headers: [] })).allow).toBe(true);
    expect(decide({ tunnel: inTunnel, method: "POST", target: "/", headers })).toMatchObject({
      reason: "MalformedHeaders",
      status: 400,
    });
  });

  it.each([
    ["CONNECT", "MethodRefused"],
    ["TRACE", "MethodRefused"],
    ["get", "MalformedHeaders"],
    ["GET /", "MalformedHeaders"],
  ])("refuses the method %s", (method, reason) => {
    expect(decide(request({ method }))).toMatchObject({ allow: false, reason });
  });

  it.each([
    "",
    "x",
    "/ ",
    "/\r\n",
    "/#a",
    "/é",
    "*",
    "ftp://example.com/",
    "https://user@example.com/",
    "/%00",
    "/%0d%0aHost:x",
    "/%c0%ae%c0%ae/",
    "/%25252525252e",
  ])("refuses the target %j", (target) => {
    expect(decide(request({ target }))).toMatchObject({ allow: false, reason: "MalformedTarget" });
  });

  it("refuses a target that is longer than servers take", () => {
    expect(decide(request({ target: `/${"a".repeat(16_383)}` })).allow).toBe(true);
    expect(decide(request({ target: `/${"a".repeat(16_384)}` }))).toMatchObject({ reason: "MalformedTarget" });
  });

  it("takes absolute-form outside a tunnel, http only where a rule lists the port", () => {
    const grant = testGrant({ allow: [{ host: "deb.debian.org", ports: [80] }, { host: "example.com" }] });
    const plain = {
      method: "GET",
      target: "http://deb.debian.org/debian",
      headers: [["Host", "deb.debian.org"]],
    } as const;
    expect(decide(plain, grant)).toMatchObject({ allow: true, scheme: "http", port: 80, target: "/debian" });
    expect(decide(to("https://example.com/a"), grant)).toMatchObject({ allow: true, scheme: "https", port: 443 });
    expect(decide(to("http://example.com/a"), grant)).toMatchObject({ reason: "PortNotListed" });
    expect(decide({ ...to("http://example.com:443/"), headers: [["Host", "example.com:443"]] }, grant)).toMatchObject({
      reason: "PlainHttp",
    });
    expect(decide({ ...to("http://10.0.0.1/"), headers: [["Host", "10.0.0.1"]] }, grant)).toMatchObject({
      reason: "IpLiteral",
    });
    expect(decide(to("/a"), grant)).toMatchObject({ reason: "MalformedTarget" });
  });

  it("says of what it refuses which host, port and path were asked for, without the query", () => {
    const asked = { host: "example.com", port: 443, path: "/a" };
    expect(decide(request({ target: "/a?key=1" }), testGrant({ allow: [] }))).toMatchObject(asked);
    expect(decide(request({ target: "/a?key=1", method: "TRACE" }))).toMatchObject(asked);
    expect(decide({ ...to("https://evil.com/a?b"), headers: [["Host", "evil.com"]] })).toMatchObject({
      ...asked,
      host: "evil.com",
    });
    const malformed = decide(request({ target: "/a b" }));
    expect(malformed).toMatchObject({ host: "example.com", port: 443 });
    expect(malformed).not.toHaveProperty("path");
  });

  it("decides by the grant as it is now, not as it was when the tunnel was opened", () => {
    expect(decide(request(), testGrant({ allow: [] }))).toMatchObject({ reason: "HostNotListed" });
  });

  it("reads from the registry of a preset, and publishes nothing there unless a rule of the grant allows it", () => {
    const publish = request({ host: "registry.npmjs.org", method: "PUT", target: "/x" });
    const grant = testGrant({ allow: [], presets: ["npm"] });
    expect(decide({ ...publish, method: "GET" }, grant)).toMatchObject({ allow: true, rule: "npm:registry.npmjs.org" });
    expect(decide(publish, grant)).toMatchObject({ reason: "MethodNotListed" });
    const publisher = testGrant({ allow: [{ host: "registry.npmjs.org", methods: ["PUT"] }], presets: ["npm"] });
    expect(decide(publish, publisher)).toMatchObject({ allow: true, rule: "registry.npmjs.org" });
  });

  const limited = testGrant({ allow: [{ host: "example.com", methods: ["GET"], paths: ["/repos/me", "/pub/"] }] });
  it.each([
    ["/repos/me", true],
    ["/repos/me/a/b?x", true],
    ["/repos/me/a%2fb", true],
    ["/pub/x", true],
    ["/pub", false],
    ["/repos/meow", false],
    ["/repos/me/../you", false],
    ["/repos/me/%2e%2e/you", false],
    ["/repos/me/..%2fyou", false],
    ["/repos/me/..%252fyou", false],
    ["/repos/me/..\\you", false],
    ["/repos/me/..;a/you", false],
    ["/repos/me/%2e%2e%5cyou", false],
    ["//repos/me", false],
    ["/repos//me", false],
    ["/you/../repos/me", false],
    ["/REPOS/me", false],
  ])("holds a rule's paths against every reading of %s", (target, allow) => {
    expect(decide(request({ target }), limited).allow).toBe(allow);
  });

  it("holds a rule's methods against overriding headers too", () => {
    expect(decide(request({ target: "/pub/x", method: "DELETE" }), limited)).toMatchObject({
      reason: "MethodNotListed",
    });
    const headers = [["X-HTTP-Method-Override", "delete"]] as const;
    expect(decide(request({ target: "/pub/x", headers }), limited)).toMatchObject({ reason: "MethodNotListed" });
    expect(decide(request({ headers: [["X-HTTP-Method-Override", "TRACE"]] }))).toMatchObject({
      reason: "MethodRefused",
    });
  });

  it("lets no connection be upgraded under a rule that limits methods, unless it says so", () => {
    const upgrade = request({ target: "/pub/x", headers: [["Upgrade", "websocket"]] });
    expect(decide(upgrade).allow).toBe(true);
    expect(decide(upgrade, limited)).toMatchObject({ reason: "MethodNotListed" });
    const methods = ["GET", "UPGRADE"];
    expect(decide(upgrade, testGrant({ allow: [{ host: "example.com", methods }] })).allow).toBe(true);
  });

  it("says what to read of a body, and where the real credential goes", () => {
    const grant = testGrant({ accessMode: "ReadOnly" });
    const token = placeholderOf({ name: "GH_TOKEN", service: "github" }, grant.principal);
    const headers = [
      ["Authorization", `Bearer ${token}`],
      ["Content-Type", "application/json"],
    ] as const;
    expect(
      decide(request({ host: "api.github.com", target: "/graphql", method: "POST", headers }), grant),
    ).toMatchObject({
      allow: true,
      body: "GraphQL",
      edits: [{ name: "authorization", credential: "GH_TOKEN", carrying: { form: "Bearer" } }],
    });
  });
});
