/** The longest last message in a status. */
const MAX_CHARACTERS = 16_384;
const CUT = " […]";

/**
 * The agent's last message, safe to show anywhere: without escape sequences, control characters (except newline and
 * tab) and marks that change the direction of text, and cut to a maximum length. Undefined when nothing is left.
 */
export function lastMessage(text: string): string | undefined {
  const plain = text.replaceAll(/\r\n?/g, "\n").replaceAll(SEQUENCE, "");
  const clean = Array.from(plain).filter(isShown).join("").trim();
  if (clean === "") return undefined;
  if (clean.length <= MAX_CHARACTERS) return clean;
  // Half of a surrogate pair is not valid text.
  return clean.slice(0, MAX_CHARACTERS - CUT.length).replace(/[\ud800-\udbff]$/, "") + CUT;
}

const SEQUENCE = new RegExp(`${String.fromCodePoint(0x1b)}\\[[0-9;:?]*[ -/]*[@-~]`, "g");

/** Ranges of code points: C0 except newline and tab, DEL and C1, and marks that change the direction of text. */
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
