import { type ControlSequence, parseControlSequence } from "./controlSequence.ts";
import { setsKeyboard } from "./keyboardModes.ts";
import { PRIVATE_MODES } from "./privateModes.ts";

/**
 * The part of a complete escape sequence that may reach a user's terminal: all of it, only some of its modes, or
 * undefined. Only what is known to act on the screen alone passes, since each terminal has its own queries and
 * settings. What changes how keys are reported passes only where a ScreenGuard takes it back.
 */
export function safePart(sequence: string, keyboard: "Kept" | "Dropped" = "Dropped"): string | undefined {
  if (!sequence.startsWith("\u001b[")) return SAFE_ESCAPES.test(sequence.slice(1)) ? sequence : undefined;
  const parsed = parseControlSequence(sequence);
  if (parsed === undefined) return undefined;
  const { marker, parameters, action } = parsed;
  if (action === "h" || action === "l") return safeModes(marker, parameters, action);
  return isSafe(parsed) || (keyboard === "Kept" && setsKeyboard(parsed)) ? sequence : undefined;
}

function isSafe({ marker, parameters, action }: ControlSequence): boolean {
  if (action === "J" || action === "K") return isPlain(marker) && parameters.every((what) => what <= 3);
  // With five parameters, T starts highlight tracking, which makes the terminal wait.
  if (action === "T" && parameters.length > 1) return false;
  return marker === "" && SAFE_ACTIONS.has(action);
}

/** Erasing has a selective form, `CSI ? … J`. */
const isPlain = (marker: string) => marker === "" || marker === "?";

/**
 * Insert mode, and newline mode (a line feed also returns): the public modes that neither lock the keyboard nor echo
 * input.
 */
const PUBLIC_MODES: ReadonlySet<number> = new Set([4, 20]);

function safeModes(marker: string, modes: readonly number[], action: string): string | undefined {
  if (!isPlain(marker)) return undefined;
  const safe = modes.filter((mode) => (marker === "" ? PUBLIC_MODES : PRIVATE_MODES).has(mode));
  return safe.length === 0 ? undefined : `\u001b[${marker}${safe.join(";")}${action}`;
}

/**
 * Cursor, insertion, deletion, scrolling, tabs, colours, margins; cursor saving and the soft reset; cursor shape,
 * protection, columns, rectangles, and the colour stack. Names as in xterm's "Control Sequences".
 */
const SAFE_ACTIONS: ReadonlySet<string> = new Set([
  ...Array.from("@ABCDEFGHILMPSTXZ`abdefgjkmrsu^"),
  "!p",
  " q",
  '"q',
  " @",
  " A",
  "'}",
  "'~",
  "*x",
  "$r",
  "$t",
  "$v",
  "$x",
  "$z",
  "${",
  "#{",
  "#}",
]);

/**
 * Cursor saving, keypad, tabs, lines, reset, character sets and line sizes. Excluded: identification (`Z`), locks of
 * memory and keyboard, and changes of the encoding (`%`, space).
 */
const SAFE_ESCAPES = /^([6789=>cDEHMNOno|}~]|#[3-8]|[()*+\-./]["%&]?[0-~])$/;
