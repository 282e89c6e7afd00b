import { withoutSequences } from "@clauderon/terminal";

const CONTROLS = new RegExp(["[\\u0000-\\u0008]", "[\\u000b-\\u001f]", "\\u007f"].join("|"), "g");

/** The text of what a terminal showed: no sequences, lines that end in a line feed alone, no other control but tabs. */
export function plainText(shown: string): string {
  return withoutSequences(shown).replace(/\r+\n/g, "\n").replace(CONTROLS, "");
}
