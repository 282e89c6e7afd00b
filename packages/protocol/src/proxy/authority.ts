import { type Host, parseHost } from "./host.ts";

/** A host and a port, as CONNECT and Host name them. */
export interface Authority {
  readonly host: Host;
  readonly port: number;
}

/**
 * The authority that a text names, with the port that its scheme has when it names no other; undefined for anything
 * else, user information included.
 */
export function parseAuthority(text: string, defaultPort: number | undefined): Authority | undefined {
  const [, hostText = "", portText] = /^(\[[^[\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = parseHost(hostText);
  const port = portText === undefined ? defaultPort : Number(portText);
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port };
}

/** The authority as text, with its port. */
export function authorityText({ host, port }: Authority): string {
  return host.kind === "Ipv6" ? `[${host.text}]:${port}` : `${host.text}:${port}`;
}
