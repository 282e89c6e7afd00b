const PASTE_BEGIN = "\u001b[200~";
const PASTE_END = "\u001b[201~";

/**
 * A prompt in the form of a paste (bracketed paste mode): newlines do not send it, and no key combination in it works.
 * Control characters other than newline and tab would end the paste or act as keys, so they are left out.
 */
export function typedPrompt(prompt: string): string {
  const lines = prompt.replaceAll(/\r\n?/g, "\n");
  return `${PASTE_BEGIN}${Array.from(lines).filter(isText).join("")}${PASTE_END}`;
}

/** True for a character other than a C0 control (except newline and tab), DEL, or a C1 control. */
function isText(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return character === "\n" || character === "\t" || (code >= 0x20 && code < 0x7f) || code >= 0xa0;
}

/** The key that sends the typed text. */
export const ENTER = "\r";
