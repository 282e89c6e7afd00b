import { endsInNumber, formatIpv4, parseLooseIpv4 } from "./ipv4.ts";
import { formatIpv6, parseIpv6 } from "./ipv6.ts";

/** A host in its one canonical form: equal hosts have equal text. */
export interface Host {
  readonly kind: "Name" | "Ipv4" | "Ipv6";
  readonly text: string;
}

/** Longest name in the DNS without the final dot (RFC 1035 §2.3.4), and longest label. */
const MAX_HOST = 253;
/** Letters, digits, dashes; underscores too, because real names have them. International names come as `xn--…`. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * The canonical form of a host in a URL, CONNECT, SNI, Host or `:authority`; undefined for anything that is not a host.
 * Drops case and one final dot. A number in any spelling that resolvers accept as IPv4 is an IPv4 address. An IPv6
 * address is recognized with and without brackets and zone; one that only maps an IPv4 address is that IPv4 address.
 * Names that are not ASCII are refused: programs send them as `xn--…`, and two spellings of a name could differ here and
 * not on the server.
 */
export function parseHost(text: string): Host | undefined {
  if (text.includes(":") || text.startsWith("[")) return ipv6Host(text);
  // Some characters beyond ASCII have a lower case within it: U+212A, the Kelvin sign.
  if (!/^[!-~]*$/.test(text)) return undefined;
  const name = text.toLowerCase().replace(/\.$/, "");
  if (endsInNumber(name)) {
    const address = parseLooseIpv4(name);
    return address === undefined ? undefined : { kind: "Ipv4", text: formatIpv4(address) };
  }
  const isName = name.length <= MAX_HOST && name.split(".").every((label) => LABEL.test(label));
  return isName ? { kind: "Name", text: name } : undefined;
}

function ipv6Host(text: string): Host | undefined {
  const inner = /^\[([^[\]]*)\]$/.exec(text)?.[1] ?? text;
  const address = parseIpv6(inner.replace(/%[A-Za-z0-9._~-]+$/, ""));
  if (address === undefined) return undefined;
  const isMapped = address >> 32n === 0xffffn;
  return isMapped
    ? { kind: "Ipv4", text: formatIpv4(Number(address & 0xffff_ffffn)) }
    : { kind: "Ipv6", text: formatIpv6(address) };
}
