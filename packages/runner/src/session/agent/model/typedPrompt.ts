const PASTE_BEGIN = "\u001b[200~";
const PASTE_END = "\u001b[201~";

/**
 * A prompt as a terminal types a paste (bracketed paste mode): newlines do not send it, and no key combination in it
 * works. Control characters other than newline and tab would end the paste or be keys, so they are left out.
 */
export function typedPrompt(prompt: string): string {
  const lines = prompt.replaceAll(/\r\n?/g, "\n");
  return `${PASTE_BEGIN}${Array.from(lines).filter(isText).join("")}${PASTE_END}`;
}

/** Neither a C0 control, newline and tab apart, nor DEL, nor a C1 control. */
function isText(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return character === "\n" || character === "\t" || (code >= 0x20 && code < 0x7f) || code >= 0xa0;
}

/** The key that sends what was typed. */
export const ENTER = "\r";
