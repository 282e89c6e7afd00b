/**
 * ECMA-48 control sequences, OSC strings (including an incomplete one), character sets, and sequences of one character.
 */
const SEQUENCES = new RegExp(
  [
    "\\u001b\\[[0-?]*[ -/]*[@-~]",
    "\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?",
    "\\u001b(?:[ -/]+[0-?A-Z]|[0-~])",
  ].join("|"),
  "g",
);

/**
 * The text without colours, cursor movements and other sequences. Each is removed as a whole, so that no `[31m`
 * remains.
 */
export function withoutSequences(text: string): string {
  return text.replace(SEQUENCES, "");
}
