import { Secret } from "@clauderon/base";
import { placeholderOf } from "@clauderon/protocol/proxy";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeCarried } from "./credentialValue.ts";
import { testCredentials, testGrant } from "./grant.fixture.ts";
import { type CarryingRequest, planCredentials } from "./planCredentials.ts";

const grant = testGrant();
const SECRET = "real-secret-value";
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;

function placeholder(name: string, principal = grant.principal): string {
  const rule = testCredentials.find((rule) => rule.name === name);
  if (rule === undefined) throw new Error(`there is no ${name}`);
  return placeholderOf(rule, principal);
}

function plan(host: string, headers: CarryingRequest["headers"], changes: Partial<CarryingRequest> = {}, of = grant) {
  return planCredentials(of, testCredentials, { scheme: "https", host, path: "/", headers, ...changes });
}

/** What goes upstream: name and value of each header that is replaced. */
function sent(verdict: ReturnType<typeof planCredentials>): readonly (readonly [string, string, string])[] | string {
  if (!verdict.allow) return verdict.reason;
  return verdict.edits.map(
    ({ name, credential, carrying }) =>
      [name, writeCarried(carrying, new Secret(SECRET)).reveal(), credential] as const,
  );
}

describe("planCredentials", () => {
  it.for<[string, string, string, string, string]>([
    ["ANTHROPIC_API_KEY", "api.anthropic.com", "x-api-key", "", ""],
    ["ANTHROPIC_API_KEY", "api.anthropic.com", "authorization", "Bearer ", "Bearer "],
    ["CLAUDE_CODE_OAUTH_TOKEN", "api.anthropic.com", "Authorization", "bearer ", "Bearer "],
    ["OPENAI_API_KEY", "api.openai.com", "authorization", "Bearer ", "Bearer "],
    ["GEMINI_API_KEY", "generativelanguage.googleapis.com", "x-goog-api-key", "", ""],
    ["GH_TOKEN", "api.github.com", "authorization", "token ", "token "],
    ["GH_TOKEN", "api.github.com", "authorization", "Bearer ", "Bearer "],
    ["NPM_TOKEN", "registry.npmjs.org", "authorization", "Bearer ", "Bearer "],
    ["JIRA", "example.com", "X-Jira", "", ""],
  ])("swaps %s on %s in %s", ([name, host, header, before, after]) => {
    const verdict = plan(host, [
      ["accept", "a"],
      [header, `${before}${placeholder(name)}`],
    ]);
    expect(sent(verdict)).toEqual([[header.toLowerCase(), `${after}${SECRET}`, name]]);
    expect(verdict).toMatchObject({ drop: ["cookie"] });
  });

  it.for<[string, string, string]>([
    ["GH_TOKEN", "github.com", "x-access-token"],
    ["PYPI_TOKEN", "upload.pypi.org", "__token__"],
    ["DOCKER_TOKEN", "auth.docker.io", "me"],
  ])("swaps %s on %s as the password of %s", ([name, host, user]) => {
    const verdict = plan(host, [["authorization", basic(`${user}:${placeholder(name)}`)]]);
    expect(sent(verdict)).toEqual([["authorization", basic(`${user}:${SECRET}`), name]]);
  });

  it("swaps both headers of a client that sends its key twice", () => {
    const key = placeholder("ANTHROPIC_API_KEY");
    const headers = [
      ["x-api-key", key],
      ["authorization", `Bearer ${key}`],
    ] as const;
    expect(sent(plan("api.anthropic.com", headers))).toHaveLength(2);
  });

  const anthropic = placeholder("ANTHROPIC_API_KEY");
  it.for<[string, string, CarryingRequest["headers"], Partial<CarryingRequest>, string]>([
    ["on another host", "example.com", [["x-api-key", anthropic]], {}, "PlaceholderMisplaced"],
    ["on a host below the service's", "a.api.anthropic.com", [["x-api-key", anthropic]], {}, "PlaceholderMisplaced"],
    ["in another header", "api.anthropic.com", [["x-other", anthropic]], {}, "PlaceholderMisplaced"],
    ["in a cookie", "api.anthropic.com", [["cookie", `a=${anthropic}`]], {}, "PlaceholderMisplaced"],
    ["in another form", "api.anthropic.com", [["authorization", `token ${anthropic}`]], {}, "PlaceholderMisplaced"],
    [
      "in basic authentication",
      "api.anthropic.com",
      [["authorization", basic(`a:${anthropic}`)]],
      {},
      "PlaceholderMisplaced",
    ],
    ["with something behind it", "api.anthropic.com", [["x-api-key", `${anthropic}, x`]], {}, "PlaceholderMisplaced"],
    ["without TLS", "api.anthropic.com", [["x-api-key", anthropic]], { scheme: "http" }, "PlaceholderMisplaced"],
    ["in the path", "api.anthropic.com", [], { path: `/${anthropic}` }, "PlaceholderMisplaced"],
    ["in the query", "example.com", [], { query: `a=${anthropic}` }, "PlaceholderMisplaced"],
    [
      "encoded in the query",
      "example.com",
      [],
      { query: `a=${anthropic.replace("clauderon", "%63laud%65ron")}` },
      "PlaceholderMisplaced",
    ],
    [
      "of another service of the host",
      "api.anthropic.com",
      [["x-api-key", placeholder("CLAUDE_CODE_OAUTH_TOKEN")]],
      {},
      "PlaceholderMisplaced",
    ],
    [
      "of another principal",
      "api.anthropic.com",
      [["x-api-key", placeholder("ANTHROPIC_API_KEY", "session-2")]],
      {},
      "PlaceholderForeign",
    ],
    [
      "of another principal, in basic authentication",
      "github.com",
      [["authorization", basic(`x:${placeholder("GH_TOKEN", "session-2")}`)]],
      {},
      "PlaceholderForeign",
    ],
    [
      "twice",
      "api.anthropic.com",
      [
        ["x-api-key", anthropic],
        ["X-Api-Key", anthropic],
      ],
      {},
      "MalformedHeaders",
    ],
  ])("refuses a placeholder %s", ([, host, headers, changes, reason]) => {
    expect(sent(plan(host, headers, changes))).toBe(reason);
  });

  it.for<[string, string, CarryingRequest["headers"], Partial<CarryingRequest>]>([
    ["key", "api.anthropic.com", [["x-api-key", "sk-ant-api03-of-the-attacker"]], {}],
    ["bearer token", "api.anthropic.com", [["authorization", "Bearer sk-ant-oat01-of-the-attacker"]], {}],
    ["token of another scheme", "api.github.com", [["authorization", "Negotiate x"]], {}],
    ["password", "github.com", [["authorization", basic("attacker:ghp_x")]], {}],
    ["basic credential at an image registry", "registry-1.docker.io", [["authorization", basic("attacker:x")]], {}],
    ["header of a generic service", "example.com", [["x-jira", "of-the-attacker"]], {}],
  ])("refuses another %s on a host of a service", ([, host, headers, changes]) => {
    expect(sent(plan(host, headers, changes))).toBe("CredentialForeign");
  });

  it("refuses credentials in the query of a service that takes them there", () => {
    const host = "generativelanguage.googleapis.com";
    expect(sent(plan(host, [], { query: "alt=sse&key=AIza" }))).toBe("CredentialInQuery");
    expect(sent(plan(host, [], { query: "k%65y=AIza" }))).toBe("CredentialInQuery");
    expect(sent(plan(host, [], { query: "alt=sse&monkey=1" }))).toEqual([]);
    expect(sent(plan("example.com", [], { query: "key=1" }))).toEqual([]);
  });

  it("swaps no credential that the grant does not name", () => {
    const none = testGrant({ credentials: [] });
    expect(sent(plan("api.anthropic.com", [["x-api-key", anthropic]], {}, none))).toBe("PlaceholderMisplaced");
  });

  it("passes everything else: no credential, an empty one, one for a host of no service, an issued token", () => {
    expect(plan("github.com", [["accept", "*/*"]])).toEqual({ allow: true, edits: [], drop: ["cookie"] });
    expect(sent(plan("api.anthropic.com", [["x-api-key", ""]]))).toEqual([]);
    expect(
      plan("a.example.org", [
        ["authorization", "Bearer x"],
        ["cookie", "a"],
      ]),
    ).toEqual({ allow: true, edits: [], drop: [] });
    expect(sent(plan("registry-1.docker.io", [["authorization", "Bearer issued"]]))).toEqual([]);
  });

  it("writes no credential that is printed", () => {
    const written = writeCarried({ form: "Basic", user: "a" }, new Secret(SECRET));
    expect(`${String(written)}${JSON.stringify({ written })}`).not.toContain(SECRET);
  });

  it("never swaps outside the host, header and form of the service, whatever the request", () => {
    const names = testCredentials.map(({ name }) => name);
    const value = fc.tuple(
      fc.constantFrom("", "Bearer ", "token ", "Basic "),
      fc.constantFrom(...names.map((name) => placeholder(name)), "x"),
    );
    const header = fc.tuple(
      fc.constantFrom("x-api-key", "authorization", "x-goog-api-key", "x-jira", "accept"),
      value.map((parts) => parts.join("")),
    );
    const host = fc.constantFrom(
      ...grant.allow.map(({ host }) => host).filter((name) => !name.startsWith("*")),
      "evil.com",
    );
    fc.assert(
      fc.property(
        host,
        fc.array(header, { maxLength: 3 }),
        fc.constantFrom("http", "https"),
        (host, headers, scheme) => {
          const verdict = plan(host, headers, { scheme });
          const edits = verdict.allow ? verdict.edits : [];
          for (const edit of edits) {
            expect(scheme).toBe("https");
            expect(headers).toContainEqual([edit.name, expect.stringContaining(placeholder(edit.credential))]);
            expect(host).not.toBe("evil.com");
          }
          const left = headers.filter(([name]) => !edits.some((edit) => edit.name === name));
          expect(verdict.allow && left.some(([, text]) => text.includes("clauderon"))).toBe(false);
        },
      ),
    );
  });
});
