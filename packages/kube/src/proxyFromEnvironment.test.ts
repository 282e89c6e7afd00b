import { expect, it } from "vitest";
import { proxyFromEnvironment } from "./proxyFromEnvironment.ts";

const HTTPS_PROXY = "http://proxy.test:3128";
const [NAMED, ADDRESSED, IPV6] = ["https://api.team.example:6443", "https://10.1.2.3:6443", "https://[fd00::7]:6443"];

it.each([
  [NAMED, "api.team.example"],
  [NAMED, "team.example"],
  [NAMED, ".example"],
  [NAMED, "*.team.example"],
  [NAMED, "other, TEAM.example:6443"],
  [NAMED, "*"],
  [ADDRESSED, "10.1.2.3"],
  [ADDRESSED, "10.1.2.3:6443"],
  [ADDRESSED, "192.168.0.0/16,10.0.0.0/8"],
  [IPV6, "fd00::/8"],
  [IPV6, "fd00:0::7"],
  [IPV6, "[fd00::7]:6443"],
  ["https://localhost:6443", ""],
  ["https://127.0.0.9", ""],
  ["https://[::1]:6443", ""],
])("%s with NO_PROXY=%s is reached directly", (server, exceptions) => {
  expect(proxyFromEnvironment(new URL(server), { HTTPS_PROXY, NO_PROXY: exceptions })).toBeUndefined();
  expect(proxyFromEnvironment(new URL(server), { https_proxy: HTTPS_PROXY, no_proxy: exceptions })).toBeUndefined();
});

it.each([
  [NAMED, ""],
  [NAMED, ".api.team.example"],
  [NAMED, "m.example"],
  [NAMED, "team.example:443"],
  [NAMED, "10.0.0.0/8"],
  [ADDRESSED, "10.2.0.0/16,10.1.2.0/99,10.1.2.3/x"],
  [ADDRESSED, "10.1.2.3:443"],
  [IPV6, "10.0.0.0/8,fe80::/10"],
])("%s with NO_PROXY=%s is reached through the proxy", (server, exceptions) => {
  expect(proxyFromEnvironment(new URL(server), { HTTPS_PROXY, NO_PROXY: exceptions })?.host).toBe("proxy.test:3128");
});

it("the variable for the server's scheme decides, a bare host is an HTTP proxy, and anything else is a Fault", () => {
  const server = new URL("http://api.example");
  expect(proxyFromEnvironment(server, { HTTPS_PROXY })).toBeUndefined();
  expect(proxyFromEnvironment(server, { HTTP_PROXY: "proxy.test:3128" })?.href).toBe("http://proxy.test:3128/");
  expect(proxyFromEnvironment(server, { HTTP_PROXY: "socks5://me:pass@proxy.test" })?.protocol).toBe("socks5:");
  expect(() => proxyFromEnvironment(server, { HTTP_PROXY: "ftp://me:hunter2@proxy.test" })).toThrow(
    /^HTTP_PROXY does not contain the URL of a proxy$/,
  );
});
