import { BlockList, isIP } from "node:net";
import { Fault } from "@clauderon/base";
import { isProxy } from "./tunnel.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a server by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or their lower-case forms, with kubectl's rules:
 * NO_PROXY lists host names (which include all subdomains), `.suffix` (only subdomains), addresses, networks
 * (`10.0.0.0/8`) and `*`; all but the last two can have a port. This machine itself is never reached through a proxy.
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function proxyFromEnvironment(server: URL, env: Environment): URL | undefined {
  const name = server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = read(env, name);
  if (value === "" || isDirect(server, read(env, "NO_PROXY"))) return undefined;
  const text = value.includes("://") ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy !== undefined && isProxy(proxy)) return proxy;
  throw new Fault("CONFIG_INVALID", `${name} does not contain the URL of a proxy`, {
    hint: "Write an http://, https:// or socks5:// URL, or list the API server in NO_PROXY",
  });
}

const read = (env: Environment, name: string) => env[name] || env[name.toLowerCase()] || "";

function isDirect(server: URL, exceptions: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, "");
  const port = server.port || (server.protocol === "https:" ? "443" : "80");
  if (host === "localhost" || isIn("127.0.0.0/8", host) || isIn("::1", host)) return true;
  const rules = exceptions.toLowerCase().split(",");
  return rules.map((rule) => rule.trim()).some((rule) => rule !== "" && matches(rule, host, port));
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === "*") return true;
  if (rule.includes("/") || isIP(rule) !== 0) return isIn(rule, host);
  const [, name = "", only = port] = /^(\[.+\]|[^:]+)(?::(\d+))?$/.exec(rule) ?? [];
  return only === port && name !== "" && isNamed(name.replace(/^\[|\]$/g, ""), host);
}

/** Whether the address, name or suffix of a rule matches the host. */
function isNamed(name: string, host: string): boolean {
  if (isIP(name) !== 0) return isIn(name, host);
  const suffix = name.replace(/^\*(?=\.)/, "");
  return host === suffix || host.endsWith(suffix.startsWith(".") ? suffix : `.${suffix}`);
}

/** Whether a host is an address in the network, or is the address itself. */
function isIn(network: string, host: string): boolean {
  const [address = "", prefix] = network.split("/");
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const bits = Number(prefix ?? (family === "ipv6" ? 128 : 32));
  if (isIP(address) === 0 || isIP(host) !== isIP(address) || !(bits >= 0 && bits <= (family === "ipv6" ? 128 : 32))) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(address, bits, family);
  return list.check(host, family);
}
