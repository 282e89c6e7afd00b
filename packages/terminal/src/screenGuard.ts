import { parseControlSequence } from "./controlSequence.ts";
import { OTHER_SCREEN_MODES, usualModes } from "./privateModes.ts";

const [ESC, LF, CR] = [0x1b, 0x0a, 0x0d];

/**
 * In Node's raw mode the terminal driver still puts a carriage return before each line feed. A bare line feed, which
 * means one line down, is therefore replaced by the sequence with that meaning.
 */
const INDEX = "\u001bD";
const BARE_LINE_FEED = /(?<!\r)\n/g;

/** Switches off everything that a session may have switched on; resets colours, margins, character sets and cursor. */
const MODES_OFF = `\u001b[0m\u001b[r\u001b[4l\u001b[20l\u001b>\u001b(B\u000f\u001b]8;;\u0007\u001b[0 q${usualModes()}`;

const CLEAR = `${MODES_OFF}\u001b[H\u001b[2J`;

/**
 * Confines a session to its screen. It uses the terminal's main screen, so that the user can scroll back to what
 * scrolled off. A reset of the whole terminal, which would clear what was there before the session, becomes a reset of
 * the screen, and nothing clears the lines above it.
 *
 * Takes the output of TerminalFilter: whole sequences.
 */
export class ScreenGuard {
  #isOnOther = false;

  push(bytes: Uint8Array): Uint8Array {
    const hasBareLineFeed = hasBareLineFeedIn(bytes);
    if (!hasBareLineFeed && !bytes.includes(ESC)) return bytes;
    const text = latin1(bytes);
    const onScreen = text.replace(SEQUENCES, (sequence) => this.#onScreen(sequence));
    const kept = hasBareLineFeed ? onScreen.replace(BARE_LINE_FEED, INDEX) : onScreen;
    return kept === text ? bytes : Uint8Array.from(kept, (unit) => unit.charCodeAt(0));
  }

  /**
   * The sequence for the end of the session: switches everything off and puts the cursor below the session's screen.
   */
  leave(): string {
    return `${this.#isOnOther ? "\u001b[?1049l" : ""}${MODES_OFF}\u001b[999;1H\r\n`;
  }

  #onScreen(sequence: string): string {
    if (sequence === "\u001bc") return this.#reset();
    const { marker, parameters, action } = parseControlSequence(sequence) ?? { marker: "", parameters: [], action: "" };
    if (action === "J") return parameters.includes(3) ? "" : sequence;
    return marker === "?" ? this.#switchModes(sequence, parameters, action === "h") : sequence;
  }

  #reset(): string {
    const back = this.#isOnOther ? "\u001b[?1049l" : "";
    this.#isOnOther = false;
    return back + CLEAR;
  }

  /** Leaving the other screen while it is not shown would move the cursor. */
  #switchModes(sequence: string, modes: readonly number[], isOn: boolean): string {
    if (!modes.some((mode) => OTHER_SCREEN_MODES.has(mode))) return sequence;
    const wanted = modes.filter((mode) => !OTHER_SCREEN_MODES.has(mode) || isOn || this.#isOnOther);
    this.#isOnOther = isOn;
    return wanted.length === 0 ? "" : `\u001b[?${wanted.join(";")}${isOn ? "h" : "l"}`;
  }
}

/** Reset, erasing in the display, and modes. */
const SEQUENCES = new RegExp(["\u001bc", "\u001b\\[[0-?]*[Jhl]"].join("|"), "g");

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4_096) text += String.fromCharCode(...bytes.subarray(at, at + 4_096));
  return text;
}

/** True when a line feed follows something other than a carriage return; one at the very beginning may be either. */
function hasBareLineFeedIn(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) if (bytes[at - 1] !== CR) return true;
  return false;
}
