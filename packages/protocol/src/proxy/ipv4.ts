/**
 * The address that a text means as IPv4, in any spelling that resolvers accept: `127.1`, `0x7f.1`, `017700000001`,
 * `2130706433`. The rules are those of the WHATWG URL standard ("IPv4 parser"); undefined for what breaks them.
 */
export function parseLooseIpv4(text: string): number | undefined {
  const parts = text.split(".").map(numberOf);
  const last = parts.at(-1);
  if (parts.length > 4 || last === undefined || last >= 256 ** (5 - parts.length)) return undefined;
  let address = last;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    if (part === undefined || part > 255) return undefined;
    address += part * 256 ** (3 - index);
  }
  return address;
}

/** True when WHATWG's URL parser takes the host for an IPv4 address: its last label is a number. */
export function endsInNumber(host: string): boolean {
  return /(^|\.)(\d+|0x[0-9a-f]*)$/i.test(host);
}

/** The address in the one usual spelling, four decimal numbers; undefined for any other text. */
export function parseIpv4(text: string): number | undefined {
  return /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text) ? parseLooseIpv4(text) : undefined;
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

function numberOf(part: string): number | undefined {
  if (/^0x[0-9a-f]*$/i.test(part)) return part.length === 2 ? 0 : Number.parseInt(part, 16);
  if (/^0[0-7]+$/.test(part)) return Number.parseInt(part, 8);
  return /^(0|[1-9]\d*)$/.test(part) ? Number.parseInt(part, 10) : undefined;
}
