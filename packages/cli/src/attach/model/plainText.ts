import { withoutSequences } from "@clauderon/terminal";

const CONTROLS = new RegExp(["[\\u0000-\\u0008]", "[\\u000b-\\u001f]", "\\u007f"].join("|"), "g");

/**
 * The text that a terminal showed: without escape sequences, with plain line feeds, and without controls except tabs.
 */
export function plainText(shown: string): string {
  return withoutSequences(shown).replace(/\r+\n/g, "\n").replace(CONTROLS, "");
}
