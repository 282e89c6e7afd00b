import { type Authority, authorityText, type Grant, parseAuthority } from "@clauderon/protocol/proxy";
import { howToAllow, refuse, type Refusal } from "./refusal.ts";
import { findRule } from "./rules.ts";

/** Where a tunnel leads: `Intercept` is TLS that the proxy reads, `Relay` a connection of any protocol that a tcp rule allows. */
export interface Tunnel {
  readonly host: string;
  readonly port: number;
}

export type ConnectVerdict =
  | (Tunnel & {
      readonly allow: true;
      readonly how: "Intercept" | "Relay";
      readonly rule: string;
      readonly recorded: boolean;
    })
  | Refusal;

/**
 * Whether a principal may open a tunnel to this authority. What then passes through an intercepted tunnel is decided
 * again, request by request; a relayed one is not looked into, so only a tcp rule, which names host and port, opens it.
 */
export function decideConnect(grant: Grant, text: string): ConnectVerdict {
  const authority = parseAuthority(text, undefined);
  if (authority === undefined) return { ...refuse("MalformedAuthority", "CONNECT needs HOST:PORT"), host: text };
  const verdict = decideAuthority(grant, authority);
  return verdict.allow ? verdict : { ...verdict, host: authority.host.text, port: authority.port };
}

function decideAuthority(grant: Grant, authority: Authority): ConnectVerdict {
  const { host, port } = authority;
  const name = authorityText(authority);
  if (grant.tcp.includes(name)) {
    if (grant.accessMode === "ReadOnly") {
      return refuse("ReadOnly", `What passes to ${name} cannot be read, so it is refused in access mode ReadOnly`);
    }
    return { allow: true, how: "Relay", host: host.text, port, rule: `tcp:${name}`, recorded: false };
  }
  if (host.kind !== "Name") {
    const way = howToAllow(grant, "tcp", name);
    return refuse("IpLiteral", `${name} is an address: only hosts can be reached by name. ${way}`);
  }
  const found = findRule(grant, { host: host.text, port });
  return found.allow ? { ...found, how: "Intercept", host: host.text, port } : found;
}
