import { Fault } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { parseGrant } from "./grant.ts";

const VALID = {
  principal: "0c5e-web",
  kind: "Session",
  name: "web",
  tokenHash: "a".repeat(64),
  accessMode: "ReadOnly",
  egressMode: "Enforce",
  allow: [
    { host: "GitHub.com.", methods: ["GET"], paths: ["/me/"], origin: "github" },
    { host: "*.example.com", ports: [8443] },
  ],
  tcp: ["tcp:DB.example.com:5432", "[0::1]:80"],
  credentials: ["GH_TOKEN"],
};
const parse = (changes: Readonly<Record<string, unknown>> = {}) => parseGrant(JSON.stringify({ ...VALID, ...changes }));

describe("parseGrant", () => {
  it("returns the grant with canonical hosts and defaults", () => {
    expect(parse()).toEqual({
      ...VALID,
      needs: 1,
      presets: [],
      allow: [
        { host: "github.com", ports: [443], methods: ["GET"], paths: ["/me/"], origin: "github" },
        { host: "*.example.com", ports: [8443] },
      ],
      tcp: ["db.example.com:5432", "[::1]:80"],
    });
    const { tcp: _tcp, credentials: _credentials, ...least } = VALID;
    expect(parseGrant(JSON.stringify(least))).toMatchObject({ tcp: [], credentials: [] });
  });

  it("ignores fields that it does not know, and refuses a grant that says it must not", () => {
    expect(parse({ color: "red", allow: [{ host: "a.com", color: 1 }] }).allow).toEqual([
      { host: "a.com", ports: [443] },
    ]);
    expect(() => parse({ needs: 2 })).toThrow(/needs/);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["principal", { principal: "" }],
    ["principal", { principal: "a:b" }],
    ["kind", { kind: "session" }],
    ["name", { name: undefined }],
    ["tokenHash", { tokenHash: "secret" }],
    ["accessMode", { accessMode: "readonly" }],
    ["egressMode", { egressMode: "Off" }],
    ["presets", { presets: ["everything"] }],
    ["allow", { allow: undefined }],
    ["allow[0].host", { allow: [{ host: "*" }] }],
    ["allow[0].host", { allow: [{ host: "10.0.0.1" }] }],
    ["allow[0].host", { allow: [{ host: "bücher.example" }] }],
    ["allow[0].ports[0]", { allow: [{ host: "a.com", ports: [0] }] }],
    ["allow[0].ports", { allow: [{ host: "a.com", ports: [] }] }],
    ["allow[0].methods", { allow: [{ host: "a.com", methods: [] }] }],
    ["allow[0].methods[0]", { allow: [{ host: "a.com", methods: ["get"] }] }],
    ["allow[0].paths", { allow: [{ host: "a.com", paths: [] }] }],
    ["allow[0].paths[0]", { allow: [{ host: "a.com", paths: ["me"] }] }],
    ["allow[0].paths[0]", { allow: [{ host: "a.com", paths: ["/a/../b"] }] }],
    ["allow[0].paths[0]", { allow: [{ host: "a.com", paths: ["/a//b"] }] }],
    ["allow[0].paths[0]", { allow: [{ host: "a.com", paths: ["/a?b"] }] }],
    ["allow[0].paths[0]", { allow: [{ host: "a.com", paths: ["/%2e"] }] }],
    ["tcp[0]", { tcp: ["db.example.com"] }],
    ["tcp[0]", { tcp: ["*.example.com:1"] }],
    ["credentials[0]", { credentials: ["a b"] }],
  ])("names the wrong field %s", (field, changes) => {
    expect(() => parse(changes)).toThrow(Fault);
    expect(() => parse(changes)).toThrow(field);
  });

  it.each(["", "{", "null", "[]", '"a"'])("refuses %j", (text) => {
    expect(() => parseGrant(text)).toThrow(Fault);
  });

  it("repeats nothing of a text that is not JSON", () => {
    expect(() => parseGrant("clauderon-token")).not.toThrow(/token/);
    expect(() => parseGrant("clauderon-token")).toThrow("not JSON");
  });
});
