/** Sequences of a terminal, as TerminalFilter passes them. */
const SEQUENCES = new RegExp(
  ["\\u001b\\[[0-?]*[ -/]*[@-~]", "\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)", "\\u001b[ -/]*[0-~]"].join(
    "|",
  ),
  "g",
);

const CONTROLS = new RegExp(["[\\u0000-\\u0008]", "[\\u000b-\\u001f]", "\\u007f"].join("|"), "g");

/** The text of what a terminal showed: no sequences, lines that end in a line feed alone, no other control but tabs. */
export function plainText(shown: string): string {
  return shown.replace(SEQUENCES, "").replace(/\r+\n/g, "\n").replace(CONTROLS, "");
}
