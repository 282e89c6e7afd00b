import { parseHostPattern } from "@clauderon/protocol/proxy";
import { describe, expect, it } from "vitest";
import { egress } from "./egress.ts";

const accepts = (host: string) => egress.safeParse({ allow: [host] }).success;
const acceptsTcp = (place: string) => egress.safeParse({ tcp: [place] }).success;

describe("egress", () => {
  it.each([
    "example.com",
    "a.b-c.example.com",
    "*.example.com",
    "xn--bcher-kva.example",
    "localhost",
    `${"a".repeat(63)}.com`,
  ])("accepts %s, which the proxy understands", (host) => {
    expect(accepts(host)).toBe(true);
    expect(parseHostPattern(host)).toBe(host);
  });

  it.each([
    "*.com",
    "*",
    "*example.com",
    "a.*.com",
    "10.0.0.1",
    "169.254.169.254",
    "0x7f.1",
    "[::1]",
    "Example.com",
    "example.com.",
    "example.com:443",
    "https://example.com",
    "-a.com",
    "a..com",
    "bücher.example",
    `${"a".repeat(64)}.com`,
    "",
  ])("refuses %j", (host) => {
    expect(accepts(host)).toBe(false);
  });

  it("accepts places of tcp by name and port only", () => {
    expect(acceptsTcp("db.example.com:5432")).toBe(true);
    for (const place of ["db.example.com", "10.0.0.1:5432", "db.example.com:0", "tcp:db:1", "db.example.com:123456"])
      expect(acceptsTcp(place), place).toBe(false);
  });
});
