/** The default of a terminal. */
export type Setting = "on" | "off";

/**
 * The private modes (`CSI ? … h` and `l`) that a session may change on a user's terminal, each with its usual setting.
 * All other modes are blocked: they make a terminal send reports (2031, 2048, 5522), change its size (3), lock or
 * re-encode the keyboard (9001), or outlast the session in ways that differ between terminals. Numbers as in xterm's
 * "Control Sequences", 2026-01, and Contour's list of extensions.
 */
export const PRIVATE_MODES: ReadonlyMap<number, Setting> = new Map<number, Setting>([
  [1, "off"], // Application cursor keys.
  [5, "off"], // Reverse video.
  [6, "off"], // Origin.
  [7, "on"], // Wrap.
  [9, "off"], // X10 mouse.
  [12, "off"], // Blinking cursor.
  [25, "on"], // Cursor.
  [45, "off"], // Reverse wrap.
  [47, "off"],
  [66, "off"], // Application keypad.
  [69, "off"], // Left and right margins.
  [1000, "off"], // Mouse: clicks, drags, moves; focus; encodings of the mouse.
  [1002, "off"],
  [1003, "off"],
  [1004, "off"],
  [1005, "off"],
  [1006, "off"],
  [1007, "off"],
  [1015, "off"],
  [1016, "off"],
  [1047, "off"],
  [1048, "off"],
  [1049, "off"],
  [2004, "off"], // Bracketed paste.
  [2026, "off"], // Synchronized output.
]);

/** The modes that show the other screen. */
export const OTHER_SCREEN_MODES: ReadonlySet<number> = new Set([47, 1047, 1049]);

/** 1048 saves or restores the cursor: it is not a setting. */
const CURSOR_SAVING = 1048;

/** Sequences that give every mode of PRIVATE_MODES its usual setting, on the current screen. */
export function usualModes(): string {
  return [...PRIVATE_MODES]
    .filter(([mode]) => !OTHER_SCREEN_MODES.has(mode) && mode !== CURSOR_SAVING)
    .map(([mode, setting]) => `\u001b[?${mode}${setting === "on" ? "h" : "l"}`)
    .join("");
}
