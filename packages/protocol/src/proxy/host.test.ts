import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authorityText, parseAuthority } from "./authority.ts";
import { parseHost } from "./host.ts";
import { coversHost, parseHostPattern } from "./hostPattern.ts";
import { formatIpv6, parseIpv6 } from "./ipv6.ts";

/** The host as the URL parser of the platform, which follows the WHATWG standard, understands it. */
function ofUrl(text: string): string | undefined {
  return URL.canParse(`http://${text}/`) ? new URL(`http://${text}/`).hostname : undefined;
}

describe("parseHost", () => {
  it.each([
    ["example.com", "Name", "example.com"],
    ["EXAMPLE.Com.", "Name", "example.com"],
    ["xn--bcher-kva.example", "Name", "xn--bcher-kva.example"],
    ["_dmarc.example.com", "Name", "_dmarc.example.com"],
    ["localhost", "Name", "localhost"],
    ["1.2.3.4.example", "Name", "1.2.3.4.example"],
    ["127.0.0.1", "Ipv4", "127.0.0.1"],
    ["127.0.0.1.", "Ipv4", "127.0.0.1"],
    ["127.1", "Ipv4", "127.0.0.1"],
    ["127.0.1", "Ipv4", "127.0.0.1"],
    ["0x7f.1", "Ipv4", "127.0.0.1"],
    ["0X7F.0x1", "Ipv4", "127.0.0.1"],
    ["017700000001", "Ipv4", "127.0.0.1"],
    ["0177.0.0.01", "Ipv4", "127.0.0.1"],
    ["2130706433", "Ipv4", "127.0.0.1"],
    ["0x7f000001", "Ipv4", "127.0.0.1"],
    ["0", "Ipv4", "0.0.0.0"],
    ["0x", "Ipv4", "0.0.0.0"],
    ["169.254.43518", "Ipv4", "169.254.169.254"],
    ["::1", "Ipv6", "::1"],
    ["[::1]", "Ipv6", "::1"],
    ["[0:0:0:0:0:0:0:1]", "Ipv6", "::1"],
    ["[FE80::1%eth0]", "Ipv6", "fe80::1"],
    ["[fe80::1%25eth0]", "Ipv6", "fe80::1"],
    ["[2001:DB8:0:0:1:0:0:1]", "Ipv6", "2001:db8::1:0:0:1"],
    ["[::ffff:127.0.0.1]", "Ipv4", "127.0.0.1"],
    ["[::ffff:7f00:1]", "Ipv4", "127.0.0.1"],
    ["[64:ff9b::127.0.0.1]", "Ipv6", "64:ff9b::7f00:1"],
  ])("takes %s for the %s %s", (text, kind, canonical) => {
    expect(parseHost(text)).toEqual({ kind, text: canonical });
  });

  it.each([
    "",
    ".",
    "..",
    "a..b",
    ".a",
    "a.b..",
    "-a.com",
    "a-.com",
    `${"a".repeat(64)}.com`,
    `${"a.".repeat(127)}com`,
    "a b",
    "a\tb",
    "a\n",
    "a\0b",
    "a/b",
    "a\\b",
    "a@b",
    "a#b",
    "a?b",
    "a%2eb",
    "bücher.example",
    "example。com",
    "ⓔxample.com",
    "ﬁ.com",
    "\u212a.com",
    "*.example.com",
    "1.2.3.4.5",
    "256.1.1.1",
    "1.2.3.256",
    "4294967296",
    "08.1",
    "example.08",
    "example.0x1",
    "1..1",
    "[::1",
    "::1]",
    "[]",
    "[::1]:80",
    "[[::1]]",
    ":::",
    "1::2::3",
    "12345::",
    "::g",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8:9",
    "::1.2.3",
    "::1.2.3.04",
    "::1.2.3.4:5",
    "fe80::1%",
    "fe80::1%a/b",
  ])("takes %j for no host", (text) => {
    expect(parseHost(text)).toBeUndefined();
  });

  const numeral = fc.oneof(
    fc.nat(0xffffffff).map(String),
    fc.nat(0xffffffff).map((value) => `0x${value.toString(16)}`),
    fc.nat(0xffffffff).map((value) => `0${value.toString(8)}`),
    fc.nat(300).map(String),
    fc.constantFrom("", "0x", "00", "08", "a", "0xg"),
  );

  it("agrees with the platform's URL parser on every spelling of IPv4", () => {
    const spelling = fc.array(numeral, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("."));
    fc.assert(
      fc.property(spelling, (text) => {
        const host = parseHost(text);
        const isAddress = isIPv4(ofUrl(text) ?? "");
        expect(host?.kind === "Ipv4" ? host.text : undefined).toBe(isAddress ? ofUrl(text) : undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it("agrees with the platform on IPv6", () => {
    const group = fc.oneof(
      fc.constant("0"),
      fc.nat(0xffff).map((value) => value.toString(16)),
    );
    const part = fc.oneof({ weight: 6, arbitrary: group }, fc.constantFrom("", "1.2.3.4", "10000", "g"));
    const spelling = fc.array(part, { maxLength: 9 }).map((parts) => parts.join(":"));
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), spelling), (text) => {
        const address = parseIpv6(text);
        expect(address !== undefined).toBe(isIPv6(text));
        expect(address === undefined ? undefined : `[${formatIpv6(address)}]`).toBe(ofUrl(`[${text}]`));
      }),
      { numRuns: 2_000 },
    );
  });

  it("is canonical: the canonical form of what it returns is itself, and no name that it takes means another to a URL", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.domain(),
      fc.stringMatching(/^[0-9a-fx.:%[\]]{1,15}$/),
    );
    fc.assert(
      fc.property(text, (text) => {
        const host = parseHost(text);
        expect(host === undefined ? undefined : parseHost(host.text)).toEqual(host);
        const isSame =
          host?.kind !== "Name" || ofUrl(text)?.replace(/\.$/, "") === host.text || ofUrl(text) === undefined;
        expect(isSame).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("parseAuthority", () => {
  it.each([
    ["example.com:8443", "example.com:8443"],
    ["example.com", "example.com:443"],
    ["EXAMPLE.com.:0443", "example.com:443"],
    ["[::1]:80", "[::1]:80"],
    ["[::1]", "[::1]:443"],
    ["127.1:80", "127.0.0.1:80"],
  ])("of %s is %s", (text, canonical) => {
    const authority = parseAuthority(text, 443);
    expect(authority && authorityText(authority)).toBe(canonical);
  });

  it.each([
    "",
    ":443",
    "a:",
    "a:0",
    "a:65536",
    "a:99999999",
    "a:-1",
    "a:1:2",
    "::1:443",
    "u@a:1",
    "a:1 ",
    "[a]:1",
    "[::1]x:1",
    "a:1/",
  ])("rejects %j", (text) => {
    expect(parseAuthority(text, 443)).toBeUndefined();
  });

  it("needs a port where no scheme gives one", () => {
    expect(parseAuthority("example.com", undefined)).toBeUndefined();
  });
});

describe("a pattern of hosts", () => {
  it.each([
    ["example.com", "example.com", true],
    ["example.com", "a.example.com", false],
    ["*.example.com", "a.example.com", true],
    ["*.example.com", "a.b.example.com", true],
    ["*.example.com", "example.com", false],
    ["*.example.com", "aexample.com", false],
    ["*.example.com", "example.com.evil", false],
    ["*.EXAMPLE.com.", "a.example.com", true],
  ])("%s and %s: %s", (pattern, host, covers) => {
    expect(coversHost(parseHostPattern(pattern) ?? "", host)).toBe(covers);
  });

  it.each([
    "",
    "*",
    "*.",
    "*.com",
    "a.*.com",
    "**.a.com",
    "*a.com",
    "127.0.0.1",
    "*.1.2.3.4",
    "[::1]",
    "a.com:443",
    "https://a.com",
    "bücher.example",
  ])("is not %j", (text) => {
    expect(parseHostPattern(text)).toBeUndefined();
  });
});
