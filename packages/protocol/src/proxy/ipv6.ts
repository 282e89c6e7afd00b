import { parseIpv4 } from "./ipv4.ts";

const GROUPS = 8;

/** The address of a text in any form of RFC 4291 §2.2, without brackets and zone; undefined for any other text. */
export function parseIpv6(text: string): bigint | undefined {
  const halves = withoutDots(text)?.split("::") ?? [];
  if (halves.length === 0 || halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = GROUPS - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((address, group) => (address << 16n) | BigInt(Number.parseInt(group, 16)), 0n);
}

/** The text of an address as RFC 5952 wants it: lower case, the longest run of zero groups as `::`. */
export function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: GROUPS }, (_, index) =>
    Number((address >> BigInt(16 * (GROUPS - 1 - index))) & 0xffffn),
  );
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

/** The text with a dotted end, as in `::ffff:1.2.3.4`, written as two groups. */
function withoutDots(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const at = text.lastIndexOf(":") + 1;
  const address = parseIpv4(text.slice(at));
  if (address === undefined || at === 0) return undefined;
  return `${text.slice(0, at)}${(address >>> 16).toString(16)}:${(address & 0xffff).toString(16)}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let run = { start: 0, length: 0 };
  for (const [index, group] of groups.entries()) {
    run = group === 0 ? { start: run.start, length: run.length + 1 } : { start: index + 1, length: 0 };
    if (run.length > best.length) best = run;
  }
  return best;
}
