import fc from "fast-check";
import { BlockList, isIPv6 } from "node:net";
import { describe, expect, it } from "vitest";
import { addressKind } from "./addressKind.ts";
import { addressProblem } from "./addressProblem.ts";
import { parseCidr } from "./cidr.ts";

describe("addressKind", () => {
  it.each([
    ["1.1.1.1", "Public"],
    ["9.255.255.255", "Public"],
    ["11.0.0.0", "Public"],
    ["172.15.255.255", "Public"],
    ["172.32.0.0", "Public"],
    ["100.63.255.255", "Public"],
    ["100.128.0.0", "Public"],
    ["2606:4700:4700::1111", "Public"],
    ["2001:200::1", "Public"],
    ["64:ff9b::101:101", "Public"],
    ["::ffff:1.1.1.1", "Public"],
    ["0.0.0.0", "Unspecified"],
    ["0.1.2.3", "Unspecified"],
    ["::", "Unspecified"],
    ["127.0.0.1", "Loopback"],
    ["127.255.255.254", "Loopback"],
    ["::1", "Loopback"],
    ["::ffff:127.0.0.1", "Loopback"],
    ["::ffff:7f00:1", "Loopback"],
    ["64:ff9b::7f00:1", "Loopback"],
    ["10.1.2.3", "Private"],
    ["172.31.255.255", "Private"],
    ["192.168.0.1", "Private"],
    ["64:ff9b::a01:203", "Private"],
    ["fd12::1", "Private"],
    ["fcff::1", "Private"],
    ["100.64.0.1", "SharedSpace"],
    ["100.127.255.255", "SharedSpace"],
    ["169.254.1.1", "LinkLocal"],
    ["fe80::1", "LinkLocal"],
    ["fe80::1%eth0", "LinkLocal"],
    ["febf::1", "LinkLocal"],
    ["fec0::1", "SiteLocal"],
    ["224.0.0.1", "Multicast"],
    ["ff02::1", "Multicast"],
    ["192.0.2.1", "Documentation"],
    ["2001:db8::1", "Documentation"],
    ["3fff:fff::1", "Documentation"],
    ["198.19.0.1", "Benchmarking"],
    ["2001:2::1", "Benchmarking"],
    ["192.88.99.1", "Embedding"],
    ["2002:7f00:1::", "Embedding"],
    ["2001:0:1::1", "Embedding"],
    ["64:ff9b:1::1", "Embedding"],
    ["::127.0.0.1", "Embedding"],
    ["::ffff:0:7f00:1", "Embedding"],
    ["192.0.0.8", "Reserved"],
    ["240.0.0.1", "Reserved"],
    ["255.255.255.255", "Reserved"],
    ["2001:20::1", "Reserved"],
    ["100::1", "Reserved"],
    ["5f00::1", "Reserved"],
    ["4000::1", "Reserved"],
    ["169.254.169.254", "Metadata"],
    ["::ffff:169.254.169.254", "Metadata"],
    ["64:ff9b::a9fe:a9fe", "Metadata"],
    ["168.63.129.16", "Metadata"],
    ["100.100.100.200", "Metadata"],
    ["fd00:ec2::254", "Metadata"],
    ["127.1", undefined],
    ["localhost", undefined],
    ["", undefined],
  ])("of %s is %s", (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });

  it("has a kind for every IPv6 address, and calls none public that is outside 2000::/3 and wraps no public IPv4 address", () => {
    const global = new BlockList();
    global.addSubnet("2000::", 3, "ipv6");
    global.addSubnet("::ffff:0:0", 96, "ipv6");
    global.addSubnet("64:ff9b::", 96, "ipv6");
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(isIPv6(address)).toBe(true);
        const kind = addressKind(address);
        expect(kind).toBeDefined();
        expect(kind !== "Public" || global.check(address, "ipv6")).toBe(true);
      }),
    );
  });

  it("is the same for an IPv4 address, the one mapped to IPv6, and the one behind NAT64", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(addressKind(`::ffff:${address}`)).toBe(addressKind(address));
        expect(addressKind(`64:ff9b::${address}`)).toBe(addressKind(address));
      }),
    );
  });
});

describe("addressProblem", () => {
  const exceptions = ["127.0.0.1/32", "10.20.0.0/16", "169.254.0.0/16"].flatMap((text) => parseCidr(text) ?? []);

  it.each([
    ["1.1.1.1", "Intercept", true],
    ["10.20.1.1", "Intercept", true],
    ["::ffff:10.20.1.1", "Intercept", true],
    ["127.0.0.1", "Intercept", true],
    ["10.21.1.1", "Intercept", false],
    ["127.0.0.2", "Intercept", false],
    ["fd00::1", "Intercept", false],
    ["10.21.1.1", "Relay", true],
    ["fd00::1", "Relay", true],
    ["100.64.0.1", "Relay", true],
    ["127.0.0.2", "Relay", false],
    ["100.100.100.200", "Relay", false],
    ["169.254.169.254", "Relay", false],
    ["169.254.1.1", "Relay", false],
    ["nonsense", "Relay", false],
  ] as const)("lets %s by %s pass: %s", (address, how, passes) => {
    expect(addressProblem(address, { how, exceptions }) === undefined).toBe(passes);
  });

  it.each(["10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "a/8", "fe80::1%eth0/64"])(
    "takes %s for no block",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );
});
