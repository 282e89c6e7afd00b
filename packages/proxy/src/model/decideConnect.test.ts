import { describe, expect, it } from "vitest";
import { decideConnect } from "./decideConnect.ts";
import { testGrant } from "./grant.fixture.ts";

describe("decideConnect", () => {
  it.each([
    ["example.com:443", "example.com", "example.com"],
    ["EXAMPLE.com.:443", "example.com", "example.com"],
    ["a.b.example.org:443", "a.b.example.org", "*.example.org"],
  ])("intercepts %s", (authority, host, rule) => {
    const verdict = { allow: true, how: "Intercept", host, port: 443, rule, recorded: false };
    expect(decideConnect(testGrant(), authority)).toEqual(verdict);
  });

  it("relays what a tcp rule names, and only that", () => {
    const relayed = { allow: true, how: "Relay", host: "db.internal", port: 5432, rule: "tcp:db.internal:5432" };
    expect(decideConnect(testGrant(), "db.internal:5432")).toEqual({ ...relayed, recorded: false });
    expect(decideConnect(testGrant(), "db.internal:5433")).toMatchObject({ allow: false, reason: "HostNotListed" });
    const byAddress = testGrant({ tcp: ["tcp:10.0.0.5:5432"] });
    expect(decideConnect(byAddress, "0xa.5:5432")).toMatchObject({ allow: true, how: "Relay", host: "10.0.0.5" });
  });

  it.each([
    ["", "MalformedAuthority"],
    ["example.com", "MalformedAuthority"],
    ["example.com:0", "MalformedAuthority"],
    ["example.com:65536", "MalformedAuthority"],
    ["example.com:443:443", "MalformedAuthority"],
    ["user@example.com:443", "MalformedAuthority"],
    ["example.com:443/", "MalformedAuthority"],
    ["example.com:+443", "MalformedAuthority"],
    [" example.com:443", "MalformedAuthority"],
    ["example.com\0.evil.com:443", "MalformedAuthority"],
    ["exämple.com:443", "MalformedAuthority"],
    ["example%2ecom:443", "MalformedAuthority"],
    ["evil.com:443", "HostNotListed"],
    ["notexample.com:443", "HostNotListed"],
    ["example.com.evil.com:443", "HostNotListed"],
    ["example.org:443", "HostNotListed"],
    ["localhost:443", "HostNotListed"],
    ["example.com:22", "PortNotListed"],
    ["127.0.0.1:443", "IpLiteral"],
    ["127.1:443", "IpLiteral"],
    ["0x7f.1:443", "IpLiteral"],
    ["017700000001:443", "IpLiteral"],
    ["2130706433:443", "IpLiteral"],
    ["1.1.1.1:443", "IpLiteral"],
    ["[::1]:443", "IpLiteral"],
    ["[fe80::1%eth0]:443", "IpLiteral"],
    ["[::ffff:169.254.169.254]:443", "IpLiteral"],
  ])("refuses %j: %s", (authority, reason) => {
    expect(decideConnect(testGrant(), authority)).toMatchObject({ allow: false, reason });
  });

  it("says of what it refuses which host and port were asked for", () => {
    expect(decideConnect(testGrant(), "EVIL.com:443")).toMatchObject({ host: "evil.com", port: 443 });
    expect(decideConnect(testGrant(), "127.1:80")).toMatchObject({ host: "127.0.0.1", port: 80 });
    expect(decideConnect(testGrant(), "a b")).toMatchObject({ host: "a b" });
  });

  it.each([
    [
      "evil.com:443",
      'evil.com is not in the egress list of web. To allow it, add evil.com to "allow" in the grant of web',
    ],
    [
      "example.com:22",
      'web may not reach port 22 of example.com. To allow it, add example.com with port 22 to "allow" in the grant of web',
    ],
    [
      "10.0.0.5:5432",
      '10.0.0.5:5432 is an address: only hosts can be reached by name. To allow it, add 10.0.0.5:5432 to "tcp" in the grant of web',
    ],
  ])("says how to allow %s", (authority, message) => {
    expect(decideConnect(testGrant(), authority)).toMatchObject({ message });
  });

  it("allows the hosts of the grant's presets, and names the preset", () => {
    const grant = testGrant({ presets: ["pypi"] });
    expect(decideConnect(grant, "files.pythonhosted.org:443")).toMatchObject({
      allow: true,
      rule: "pypi:files.pythonhosted.org",
    });
    expect(decideConnect(grant, "proxy.golang.org:443")).toMatchObject({ reason: "HostNotListed" });
  });

  it("lets unlisted hosts pass in mode Record, but neither addresses nor the ports of other protocols", () => {
    const grant = testGrant({ egressMode: "Record" });
    const recorded = { allow: true, how: "Intercept", rule: "record", recorded: true };
    expect(decideConnect(grant, "evil.com:443")).toMatchObject(recorded);
    expect(decideConnect(grant, "evil.com:8443")).toMatchObject(recorded);
    expect(decideConnect(grant, "example.com:443")).toMatchObject({ recorded: false });
    expect(decideConnect(grant, "evil.com:25")).toMatchObject({ reason: "HostNotListed" });
    expect(decideConnect(grant, "169.254.169.254:80")).toMatchObject({ reason: "IpLiteral" });
  });
});
