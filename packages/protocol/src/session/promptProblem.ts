import { MAX_PROMPT_BYTES } from "./limits.ts";

/** Why a text cannot be a prompt; undefined when it can. */
export function promptProblem(text: string): string | undefined {
  if (text.includes("\0")) return "must not hold a NUL character";
  return utf8Length(text) <= MAX_PROMPT_BYTES ? undefined : `must be at most ${MAX_PROMPT_BYTES} bytes`;
}

/** Bytes of a text in UTF-8; pure packages have no TextEncoder. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
