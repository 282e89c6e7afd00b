/** All texts of this protocol are ASCII. */
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The most content that git accepts in one packet, and the length of its header. */
const MAX_DATA = 65_516;
export const HEADER_LENGTH = 4;

/** How many bytes follow a packet's header; 0 for the end of a list. Throws for an invalid header. */
export function dataLength(header: string): number {
  const length = Number.parseInt(header, 16);
  if (/^[0-9a-f]{4}$/.test(header) && (length === 0 || length >= HEADER_LENGTH)) {
    return Math.max(0, length - HEADER_LENGTH);
  }
  throw new Error(`Not a packet of git's: ${JSON.stringify(header)}`);
}

const packet = (data: Uint8Array): readonly Uint8Array[] => [
  bytesOf((data.length + HEADER_LENGTH).toString(16).padStart(HEADER_LENGTH, "0")),
  data,
];

const END = bytesOf("0000");

/** A list of lines, as packets. */
export const lines = (...texts: readonly string[]): readonly Uint8Array[] => [
  ...texts.flatMap((text) => packet(bytesOf(`${text}\n`))),
  END,
];

/** Content, as packets. */
export function content(bytes: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += MAX_DATA) parts.push(...packet(bytes.subarray(at, at + MAX_DATA)));
  return [...parts, END];
}
