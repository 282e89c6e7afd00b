/** What a terminal is asked for the flags of the kitty keyboard protocol. One that does not know it says nothing. */
export const KEYBOARD_QUERY = "\u001b[?u";

const REPLY = new RegExp(["\u001b", "\\[\\?(\\d{1,3})u"].join(""));
/** No key begins so. */
const BEGINNING = new RegExp(["\u001b", "\\[\\?\\d{0,3}$"].join(""));

/** Takes the terminal's reply to KEYBOARD_QUERY, which is nobody's input, out of what is typed, however it is split. */
export class KeyboardReply {
  #isExpected = true;
  #held = "";

  /** The flags are in the part of the input that had the end of the reply. */
  push(chunk: Uint8Array): { readonly bytes: Uint8Array; readonly flags?: number } {
    if (!this.#isExpected) return { bytes: chunk };
    const text = this.#held + String.fromCharCode(...chunk);
    const found = REPLY.exec(text);
    const rest = found === null ? text : text.replace(found[0], "");
    this.#held = found === null ? (BEGINNING.exec(rest)?.[0] ?? "") : "";
    const bytes = Uint8Array.from(rest.slice(0, rest.length - this.#held.length), (unit) => unit.charCodeAt(0));
    if (found === null) return { bytes };
    this.#isExpected = false;
    return { bytes, flags: Number(found[1]) };
  }
}
