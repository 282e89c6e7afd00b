import { utf8Length } from "@clauderon/base";
import { MAX_PROMPT_BYTES } from "./limits.ts";

/** Why a text cannot be a prompt; undefined when it can. */
export function promptProblem(text: string): string | undefined {
  if (text.includes("\0")) return "must not hold a NUL character";
  return utf8Length(text) <= MAX_PROMPT_BYTES ? undefined : `must be at most ${MAX_PROMPT_BYTES} bytes`;
}
