import { type Authority, authorityText, parseAuthority, parseHost } from "@clauderon/protocol/proxy";
import { refuse, type Refusal } from "./refusal.ts";
import { type ProxyRequest, valuesOf } from "./request.ts";
import { DEFAULT_PORTS, type RequestTarget } from "./requestTarget.ts";

export interface RequestAuthority {
  readonly scheme: "http" | "https";
  readonly authority: Authority;
}

/**
 * The one host and port of a request: what the tunnel, the ClientHello, the target and Host or `:authority` name must be
 * the same, so that no server behind a shared address answers for another host than the one that was allowed.
 */
export function agreedAuthority(request: ProxyRequest, target: RequestTarget): RequestAuthority | Refusal {
  const named = request.tunnel === undefined ? ofAbsoluteForm(target) : ofTunnel(request.tunnel);
  if ("allow" in named) return named;
  const expected = authorityText(named.authority);
  const defaultPort = DEFAULT_PORTS[named.scheme];
  const hosts = valuesOf(request.headers, "host");
  const authorities = valuesOf(request.headers, ":authority");
  if (hosts.length > 1 || authorities.length > 1 || hosts.length + authorities.length === 0) {
    return refuse("MalformedHeaders", "The request must name its host once");
  }
  const written = [...hosts, ...authorities].map((text) => parseAuthority(text, defaultPort));
  const inTarget = target.authority === undefined ? [] : [target.authority];
  const isSame = [...written, ...inTarget].every((other) => other !== undefined && authorityText(other) === expected);
  const isSameScheme = target.scheme === undefined || target.scheme === named.scheme;
  return isSame && isSameScheme ? named : refuse("AuthorityMismatch", `The request for ${expected} names another host`);
}

function ofTunnel({ host, port, serverName }: NonNullable<ProxyRequest["tunnel"]>): RequestAuthority | Refusal {
  const parsed = parseHost(host);
  const named = serverName === undefined ? undefined : parseHost(serverName);
  if (parsed === undefined || named?.text !== parsed.text) {
    return refuse("AuthorityMismatch", `The tunnel leads to ${host}, and TLS inside it asks for another server`);
  }
  return { scheme: "https", authority: { host: parsed, port } };
}

function ofAbsoluteForm({ scheme, authority }: RequestTarget): RequestAuthority | Refusal {
  if (scheme === undefined || authority === undefined) {
    return refuse("MalformedTarget", "A request to the proxy itself must name a whole URL");
  }
  return { scheme, authority };
}
