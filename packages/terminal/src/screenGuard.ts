const [ESC, LF, CR] = [0x1b, 0x0a, 0x0d];

/**
 * Node's raw mode leaves the terminal's line feeds with a carriage return before each. A line feed alone, which means one
 * line down, becomes the sequence that says so.
 */
const INDEX = "\u001bD";
const BARE_LINE_FEED = /(?<!\r)\n/g;

/** All that a session may have switched on, off; colours, margins and character sets as they were. */
const MODES_OFF = [
  "\u001b[0m\u001b[r\u001b[4l\u001b>\u001b(B\u000f\u001b]8;;\u0007\u001b[?25h\u001b[?7h",
  ...["1", "6", "9", "1000", "1002", "1003", "1004", "1005", "1006", "1015", "2004", "2026"].map(
    (mode) => `\u001b[?${mode}l`,
  ),
].join("");

const CLEAR = `${MODES_OFF}\u001b[H\u001b[2J`;
const OTHER_SCREEN = new Set(["47", "1047", "1049"]);

/**
 * Keeps a session to the screen it is shown on. It is shown on the terminal's own screen, so that what scrolls off can be
 * read by scrolling back; a reset of the whole terminal, which would take what was there before the session, becomes a
 * reset of the screen, and nothing clears the lines above it.
 *
 * Takes what TerminalFilter has passed: whole sequences.
 */
export class ScreenGuard {
  #isOnOther = false;

  push(bytes: Uint8Array): Uint8Array {
    const hasBareLineFeed = hasBareLineFeedIn(bytes);
    if (!hasBareLineFeed && !bytes.includes(ESC)) return bytes;
    const text = latin1(bytes);
    const onScreen = text.replace(SEQUENCES, (sequence, erased, modes, set) => {
      if (sequence === "\u001bc") return this.#reset();
      if (erased !== undefined) return erased === "3" ? "" : sequence;
      return this.#switchModes(String(modes).split(";"), set === "h");
    });
    const kept = hasBareLineFeed ? onScreen.replace(BARE_LINE_FEED, INDEX) : onScreen;
    return kept === text ? bytes : Uint8Array.from(kept, (unit) => unit.charCodeAt(0));
  }

  /** What leaves the session's screen: nothing stays switched on, and the cursor is below what it showed. */
  leave(): string {
    return `${this.#isOnOther ? "\u001b[?1049l" : ""}${MODES_OFF}\u001b[999;1H\r\n`;
  }

  #reset(): string {
    const back = this.#isOnOther ? "\u001b[?1049l" : "";
    this.#isOnOther = false;
    return back + CLEAR;
  }

  /** Leaving the other screen without being on it would move the cursor. */
  #switchModes(modes: readonly string[], isOn: boolean): string {
    const wanted = modes.filter((mode) => !OTHER_SCREEN.has(mode) || isOn || this.#isOnOther);
    if (modes.some((mode) => OTHER_SCREEN.has(mode))) this.#isOnOther = isOn;
    return wanted.length === 0 ? "" : `\u001b[?${wanted.join(";")}${isOn ? "h" : "l"}`;
  }
}

/** Reset; erase in display; private modes. */
const SEQUENCES = new RegExp(["\u001bc", "\u001b\\[(\\d*)J", "\u001b\\[\\?([\\d;]+)([hl])"].join("|"), "g");

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4_096) text += String.fromCharCode(...bytes.subarray(at, at + 4_096));
  return text;
}

/** True when a line feed follows something else than a carriage return; one at the very beginning may be either. */
function hasBareLineFeedIn(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) if (bytes[at - 1] !== CR) return true;
  return false;
}
