/** One key as it was typed. */
export interface TypedKey {
  readonly bytes: readonly number[];
  /**
   * The byte that the key has on every terminal: of a character, or of `ctrl-` with one. `Passing` is not a key press: a
   * release, a repetition, or a modifier by itself. Undefined for any other key.
   */
  readonly key: number | "Passing" | undefined;
}

export const ESC = 0x1b;
/** A key in the form of the kitty keyboard protocol, or of modifyOtherKeys. */
const ENCODED = new RegExp(["\u001b", "\\[([\\d;:]{1,40})([u~])"].join(""), "y");
/** The beginning of one, which no other key is. */
const BEGINNING = new RegExp(["\u001b", "\\[\\d[\\d;:]{0,39}$"].join(""), "y");

export interface TypedKeys {
  readonly keys: readonly TypedKey[];
  /** The beginning of a key that the next bytes decide about. */
  readonly rest: readonly number[];
}

/** Splits typed bytes into keys in an encoded form, and single bytes. */
export function splitKeys(bytes: Uint8Array): TypedKeys {
  const text = bytes.includes(ESC) ? Array.from(bytes, (byte) => String.fromCharCode(byte)).join("") : "";
  const keys: TypedKey[] = [];
  let at = 0;
  while (at < bytes.length) {
    const key = keyAt(bytes, text, at);
    if (key === undefined) return { keys, rest: [...bytes.subarray(at)] };
    keys.push(key);
    at += key.bytes.length;
  }
  return { keys, rest: [] };
}

/** Undefined where only the beginning of one is. */
function keyAt(bytes: Uint8Array, text: string, at: number): TypedKey | undefined {
  const single = { bytes: [...bytes.subarray(at, at + 1)], key: bytes[at] };
  if (bytes[at] !== ESC) return single;
  const [whole, parameters = "", final = ""] = matchAt(ENCODED, text, at) ?? [];
  if (whole !== undefined) {
    return { bytes: [...bytes.subarray(at, at + whole.length)], key: keyOf(parameters, final) };
  }
  return matchAt(BEGINNING, text, at) === undefined ? single : undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** Bits of the modifiers. The locks (caps, num) change no key here. */
const [SHIFT, CTRL, LOCKS] = [1, 4, 64 | 128] as const;
const PRESS = 1;
/** Modifiers and locks, as keys by themselves. */
const isModifierKey = (code: number) => (code >= 57_441 && code <= 57_454) || (code >= 57_358 && code <= 57_360);

function keyOf(parameters: string, final: string): TypedKey["key"] {
  const [first = [], second = [], third = []] = parameters.split(";").map((part) => part.split(":").map(Number));
  const [modifiers = 0, event = PRESS] = second;
  const held = Math.max(modifiers - 1, 0) & ~LOCKS;
  // modifyOtherKeys: 27, modifiers, code. The same final byte ends keys such as delete.
  if (final === "~") return first[0] === 27 ? byteOf(third, held) : undefined;
  return event !== PRESS || isModifierKey(first[0] ?? 0) ? "Passing" : byteOf(first, held);
}

const isCharacter = (code: number) => code >= 0x20 && code < 0x7f;
const isLetter = (code: number) => code >= 97 && code <= 122;
/** Those that have a control character, besides the letters. */
const isSymbol = (code: number) => code === 64 || (code >= 91 && code <= 95);

/** `codes`: of the key, of the same with shift, and of the key at its place on a standard keyboard. */
function byteOf([code = 0, shifted = 0, base = 0]: readonly number[], held: number): number | undefined {
  if (held === 0) return [code].find(isCharacter);
  if (held === SHIFT) return [shifted, code].find(isCharacter);
  const symbol = [code, shifted].find(isSymbol);
  const letter = [code, base].find(isLetter);
  if (symbol !== undefined && (held === CTRL || held === (CTRL | SHIFT))) return symbol - 64;
  return held === CTRL && letter !== undefined ? letter - 96 : undefined;
}
