import { safePart } from "./safeSequence.ts";

/** A longer string sequence (title, clipboard, hyperlink, …) is dropped while it still arrives. */
const MAX_STRING_BYTES = 4_096;

const ESC = 0x1b;
const BEL = 0x07;
const ENQ = 0x05;
/** Lead byte of U+0080 to U+009F in UTF-8: controls that some terminals interpret as the beginning of a sequence. */
const C1_LEAD = 0xc2;

const BACKSLASH = 0x5c;
const CAN = 0x18;
const SUB = 0x1a;
const C1_ST = 0x9c;

type State = "ground" | "escape" | "intermediate" | "csi" | "string" | "stringEscape" | "lead" | "stringLead";

/** What a byte of a string may begin. */
const STRING_STATES: Readonly<Record<number, State>> = { [ESC]: "stringEscape", [C1_LEAD]: "stringLead" };

/**
 * Removes from an agent's output what is unsafe on a user's terminal, however the stream is split.
 *
 * Text, links to the web, and the sequences of `safePart` pass: colours, cursor, known modes. Sequences that make a
 * terminal answer do not pass: the runner's screen model has already answered, and a second answer would be typed to
 * the agent. Nor do sequences that act beyond the screen: clipboard (OSC 52), title, palette, printing, and every
 * device control string.
 */
export class TerminalFilter {
  #state: State = "ground";
  #held: number[] = [];
  #isTooLong = false;
  readonly #keyboard: "Kept" | "Dropped";

  /** `Kept` is for a ScreenGuard: see there. */
  constructor(keyboard: "Kept" | "Dropped" = "Dropped") {
    this.#keyboard = keyboard;
  }

  /** The bytes of an incomplete sequence or character. */
  get held(): Uint8Array {
    return Uint8Array.from(this.#held);
  }

  /** The printable part of this chunk and of the bytes held before it. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#state === "ground" && !chunk.some(isSpecial)) return chunk;
    const kept = new Uint8Array(this.#held.length + chunk.length);
    let size = 0;
    for (const byte of chunk) {
      if (this.#state === "ground" && !isSpecial(byte)) {
        kept[size] = byte;
        size += 1;
        continue;
      }
      const passed = this.#take(byte);
      kept.set(passed, size);
      size += passed.length;
    }
    return kept.subarray(0, size);
  }

  #take(byte: number): readonly number[] {
    if (this.#state === "ground") return this.#begin(byte);
    if (this.#state === "lead") return this.#afterLead(byte);
    if (this.#state === "escape") return this.#afterEscape(byte);
    if (this.#state === "intermediate") return this.#inSequence(byte, 0x30);
    if (this.#state === "csi") return this.#inSequence(byte, 0x40);
    return this.#inString(byte);
  }

  #begin(byte: number): readonly number[] {
    if (byte === ENQ) return [];
    if (byte === ESC) this.#hold("escape", byte);
    else if (characterBytes(byte) > 1) this.#hold("lead", byte);
    else return [byte];
    return [];
  }

  #afterLead(byte: number): readonly number[] {
    const before = this.#held;
    const [lead = 0] = before;
    if (byte < 0x80 || byte >= 0xc0) {
      this.#reset();
      return [...before, ...this.#begin(byte)];
    }
    if (lead === C1_LEAD && byte < 0xa0) return this.#release([]);
    this.#hold("lead", byte);
    return this.#held.length === characterBytes(lead) ? this.#release(this.#held) : [];
  }

  #afterEscape(byte: number): readonly number[] {
    if (byte === 0x5b) this.#hold("csi", byte);
    // OSC, DCS, SOS, PM, APC
    else if ([0x5d, 0x50, 0x58, 0x5e, 0x5f].includes(byte)) this.#hold("string", byte);
    else if (byte >= 0x20 && byte < 0x30) this.#hold("intermediate", byte);
    else if (byte < 0x20 || byte >= 0x7f) return this.#interrupted(byte);
    // DECID is a query; an ST without a string ends nothing.
    else return this.#release(safeBytes([ESC, byte], this.#keyboard));
    return [];
  }

  /** Parameters and intermediates until the final byte, which is `firstFinal` or above. */
  #inSequence(byte: number, firstFinal: number): readonly number[] {
    if (byte < 0x20 || byte >= 0x7f) return this.#interrupted(byte);
    if (byte < firstFinal) {
      this.#hold(this.#state, byte);
      return [];
    }
    return this.#release(this.#isTooLong ? [] : safeBytes([...this.#held, byte], this.#keyboard));
  }

  /**
   * A control or another byte that fits into no sequence: terminals interpret it differently, so it is dropped, except
   * ESC.
   */
  #interrupted(byte: number): readonly number[] {
    this.#reset();
    if (byte === ESC) return this.#begin(byte);
    return [];
  }

  #inString(byte: number): readonly number[] {
    const state = this.#state;
    if (byte === BEL || (state === "stringEscape" && byte === BACKSLASH)) {
      const string = [...this.#held, byte];
      return this.#release(!this.#isTooLong && isWebLink(string) ? string : []);
    }
    // Cancelled, or ended by the C1 control, which our links never use.
    if (byte === CAN || byte === SUB || (state === "stringLead" && byte === C1_ST)) return this.#release([]);
    // Any other ESC ends the string too, and begins a sequence of its own.
    if (state === "stringEscape") {
      this.#reset();
      return [...this.#begin(ESC), ...this.#take(byte)];
    }
    this.#hold(STRING_STATES[byte] ?? "string", byte);
    return [];
  }

  #hold(state: State, byte: number): void {
    this.#state = state;
    if (this.#held.length < MAX_STRING_BYTES) this.#held.push(byte);
    else this.#isTooLong = true;
  }

  #release(bytes: readonly number[]): readonly number[] {
    this.#reset();
    return bytes;
  }

  #reset(): void {
    this.#state = "ground";
    this.#held = [];
    this.#isTooLong = false;
  }
}

const isSpecial = (byte: number): boolean => byte === ESC || byte === ENQ || characterBytes(byte) > 1;

/** The length in UTF-8 of the character that begins with this byte; 1 for a byte that begins none. */
function characterBytes(lead: number): number {
  if (lead < 0xc2 || lead >= 0xf5) return 1;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** The part of a complete sequence that may be printed. */
function safeBytes(sequence: readonly number[], keyboard: "Kept" | "Dropped"): readonly number[] {
  const safe = safePart(String.fromCharCode(...sequence), keyboard) ?? "";
  return Array.from(safe, (unit) => unit.charCodeAt(0));
}

/** OSC 8 with a web address, or with an empty one, which ends a link. */
function isWebLink(string: readonly number[]): boolean {
  const ended = string.slice(2, string.at(-1) === BEL ? -1 : -2);
  return /^8;[ -:<-~]*;(https?:\/\/[!-~]*)?$/.test(String.fromCharCode(...ended));
}
