import { type Address, type Cidr, isInside, parseAddress, parseCidr } from "./cidr.ts";

/**
 * What an address is. `Public` is one that the whole internet can reach; every other kind leads into the network of the
 * proxy, to the machine itself, or nowhere.
 */
export type AddressKind =
  | "Public"
  | "Metadata"
  | "Unspecified"
  | "Loopback"
  | "Private"
  | "SharedSpace"
  | "LinkLocal"
  | "SiteLocal"
  | "Multicast"
  | "Documentation"
  | "Benchmarking"
  | "Embedding"
  | "Reserved";

/**
 * Services that give credentials of a machine to whatever asks on it. They come first: some are in blocks that a tcp
 * rule may reach, Azure's in one that is public.
 * Sources: AWS "Instance metadata" (169.254.169.254, fd00:ec2::254) and "ECS task role" (169.254.170.2); Google Cloud
 * "About VM metadata" (metadata.google.internal: 169.254.169.254, fd20:ce::254); Azure "What is IP address 168.63.129.16?";
 * Alibaba Cloud "Instance metadata" (100.100.100.200); Oracle Cloud Classic (192.0.0.192).
 */
const METADATA = [
  "169.254.169.254",
  "fd00:ec2::254",
  "169.254.170.2",
  "fd20:ce::254",
  "168.63.129.16",
  "100.100.100.200",
  "192.0.0.192",
];

/**
 * IANA IPv4 Special-Purpose Address Registry and Multicast Address Space (www.iana.org/assignments/iana-ipv4-special-registry).
 * Blocks that are globally reachable are left out, except anycast relays, which nobody needs.
 */
const IPV4: readonly (readonly [string, AddressKind])[] = [
  ["0.0.0.0/8", "Unspecified"], // RFC 791 §3.2; Linux connects 0.0.0.0 to itself
  ["10.0.0.0/8", "Private"], // RFC 1918
  ["100.64.0.0/10", "SharedSpace"], // RFC 6598, carrier-grade NAT
  ["127.0.0.0/8", "Loopback"], // RFC 1122 §3.2.1.3
  ["169.254.0.0/16", "LinkLocal"], // RFC 3927
  ["172.16.0.0/12", "Private"], // RFC 1918
  ["192.0.0.0/24", "Reserved"], // RFC 6890 §2.1
  ["192.0.2.0/24", "Documentation"], // RFC 5737
  ["192.88.99.0/24", "Embedding"], // RFC 7526, 6to4 relays
  ["192.168.0.0/16", "Private"], // RFC 1918
  ["198.18.0.0/15", "Benchmarking"], // RFC 2544
  ["198.51.100.0/24", "Documentation"], // RFC 5737
  ["203.0.113.0/24", "Documentation"], // RFC 5737
  ["224.0.0.0/4", "Multicast"], // RFC 5771
  ["240.0.0.0/4", "Reserved"], // RFC 1112 §4 and RFC 919, broadcast
];

/**
 * IANA IPv6 Special-Purpose Address Registry (www.iana.org/assignments/iana-ipv6-special-registry) and, for what is
 * outside 2000::/3, the IPv6 Address Space registry: only 2000::/3 is global unicast.
 */
const IPV6: readonly (readonly [string, AddressKind])[] = [
  ["::/128", "Unspecified"], // RFC 4291 §2.5.2
  ["::1/128", "Loopback"], // RFC 4291 §2.5.3
  ["::/96", "Embedding"], // RFC 4291 §2.5.5.1, IPv4-compatible
  ["::ffff:0:0:0/96", "Embedding"], // RFC 2765 §2.1, IPv4-translated
  ["64:ff9b:1::/48", "Embedding"], // RFC 8215, local NAT64
  ["2001::/32", "Embedding"], // RFC 4380, Teredo
  ["2001:2::/48", "Benchmarking"], // RFC 5180
  ["2001:db8::/32", "Documentation"], // RFC 3849
  ["2001::/23", "Reserved"], // RFC 2928, IETF protocols: ORCHID, AMT and others
  ["2002::/16", "Embedding"], // RFC 3056, 6to4
  ["3fff::/20", "Documentation"], // RFC 9637
  ["2000::/3", "Public"], // RFC 4291 §2.4
  ["fc00::/7", "Private"], // RFC 4193, unique local
  ["fe80::/10", "LinkLocal"], // RFC 4291 §2.5.6
  ["fec0::/10", "SiteLocal"], // RFC 3879
  ["ff00::/8", "Multicast"], // RFC 4291 §2.7
  ["::/0", "Reserved"],
];

const IPV4_INSIDE = [
  cidr("::ffff:0:0/96"), // RFC 4291 §2.5.5.2, IPv4-mapped: the system connects to the IPv4 address
  cidr("64:ff9b::/96"), // RFC 6052, NAT64: the network's translator does
];
const METADATA_BLOCKS = METADATA.map(cidr);
const BLOCKS = [...IPV4, ...IPV6].map(([text, kind]) => [cidr(text), kind] as const);

/**
 * The kind of an address as a resolver returns it; undefined for a text that is not an address. The first matching block
 * counts.
 */
export function addressKind(text: string): AddressKind | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : kindOf(withoutIpv6(address));
}

/** The IPv4 address that an IPv6 address only wraps. */
export function withoutIpv6(address: Address): Address {
  const isWrapped = IPV4_INSIDE.some((block) => isInside(address, block));
  return isWrapped ? { bits: 32, value: address.value & 0xffff_ffffn } : address;
}

function kindOf(address: Address): AddressKind {
  if (METADATA_BLOCKS.some((block) => isInside(address, block))) return "Metadata";
  const [, kind] = BLOCKS.find(([block]) => isInside(address, block)) ?? [];
  return kind ?? "Public";
}

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is not a block of addresses`);
  return parsed;
}
