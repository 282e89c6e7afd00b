import { parseIpv4, parseIpv6 } from "@clauderon/protocol/proxy";

/** An address, as a number with the width of its family. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A block of addresses: those whose first `length` bits are the same as this address's. */
export interface Cidr {
  readonly address: Address;
  readonly length: number;
}

/** The address that a text names in its usual spelling, as resolvers return it; a zone is dropped. Undefined for any other text. */
export function parseAddress(text: string): Address | undefined {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) return { bits: 32, value: BigInt(ipv4) };
  const ipv6 = parseIpv6(text.replace(/%.*$/s, ""));
  return ipv6 === undefined ? undefined : { bits: 128, value: ipv6 };
}

/** `10.0.0.0/8`, `fd00::/8` or one address; undefined for any other text, and for a block with bits set beyond its length. */
export function parseCidr(text: string): Cidr | undefined {
  const [, addressText = "", lengthText] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(addressText);
  if (address === undefined) return undefined;
  const length = lengthText === undefined ? address.bits : Number(lengthText);
  const host = BigInt(address.bits - length);
  return length > address.bits || (address.value >> host) << host !== address.value ? undefined : { address, length };
}

export function isInside({ bits, value }: Address, { address, length }: Cidr): boolean {
  const host = BigInt(bits - length);
  return bits === address.bits && value >> host === address.value >> host;
}
