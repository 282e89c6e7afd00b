/** The longest that a status carries. */
const MAX_CHARACTERS = 16_384;
const CUT = " […]";

/**
 * What an agent said last, fit to be shown anywhere: without escape sequences of colour and cursor, control characters
 * (newline and tab apart) and marks that turn the direction of text; cut where it is too long. Undefined when nothing is
 * left.
 */
export function lastMessage(text: string): string | undefined {
  const plain = text.replaceAll(/\r\n?/g, "\n").replaceAll(SEQUENCE, "");
  const clean = Array.from(plain).filter(isShown).join("").trim();
  if (clean === "") return undefined;
  if (clean.length <= MAX_CHARACTERS) return clean;
  // Half of a pair of surrogates is no text.
  return clean.slice(0, MAX_CHARACTERS - CUT.length).replace(/[\ud800-\udbff]$/, "") + CUT;
}

const SEQUENCE = new RegExp(`${String.fromCodePoint(0x1b)}\\[[0-9;:?]*[ -/]*[@-~]`, "g");

/** Ranges of code points: C0 but newline and tab, DEL and C1, and what turns the direction of text. */
const UNSHOWN = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x200e, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
] as const;

function isShown(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return !UNSHOWN.some(([first, last]) => first <= code && code <= last);
}
