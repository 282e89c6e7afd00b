import { type ControlSequence, parseControlSequence } from "./controlSequence.ts";
import { flagsText, KeyboardModes, otherKeysText, setsKeyboard } from "./keyboardModes.ts";
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
 * How keys are reported is the session's own affair, and the terminal's as long as it shows the session: the terminal gets
 * the flags in effect and never a stack of them, and at the end what it had before. It gets flags of the kitty keyboard
 * protocol only if it has said that it knows them.
 *
 * Takes the output of TerminalFilter: whole sequences, with those for the keyboard.
 */
export class ScreenGuard {
  #isOnOther = false;
  readonly #keyboard = new KeyboardModes();
  /** The flags that the terminal had before the session; undefined for one that does not know them, as far as it has said. */
  #ownFlags: number | undefined;
  #hasSetOtherKeys = false;

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
    const other = this.#isOnOther ? `${this.#withFlags(0)}\u001b[?1049l` : "";
    const otherKeys = this.#hasSetOtherKeys ? otherKeysText(0) : "";
    return `${other}${this.#withFlags(this.#ownFlags ?? 0)}${otherKeys}${MODES_OFF}\u001b[999;1H\r\n`;
  }

  /** The terminal knows the kitty keyboard protocol and has these flags; returns what to send to it. */
  knowsKeyboard(flags: number): string {
    this.#ownFlags = flags;
    return this.#withFlags(this.#keyboard.flags);
  }

  /** What to send to a terminal that another program has used in the meantime. */
  resume(): string {
    return (
      this.#withFlags(this.#keyboard.flags) + (this.#hasSetOtherKeys ? otherKeysText(this.#keyboard.otherKeys) : "")
    );
  }

  #onScreen(sequence: string): string {
    if (sequence === "\u001bc") return this.#reset();
    const parsed = parseControlSequence(sequence) ?? { marker: "", parameters: [], action: "" };
    const { marker, parameters, action } = parsed;
    if (setsKeyboard(parsed)) return this.#setKeyboard(parsed);
    if (action === "J") return parameters.includes(3) ? "" : sequence;
    return marker === "?" ? this.#switchModes(sequence, parameters, action === "h") : sequence;
  }

  #reset(): string {
    const back = this.#isOnOther ? "\u001b[?1049l" : "";
    this.#isOnOther = false;
    this.#keyboard.isOnOther = false;
    this.#keyboard.reset();
    return back + this.resume() + CLEAR;
  }

  /** Leaving the other screen while it is not shown would move the cursor. */
  #switchModes(sequence: string, modes: readonly number[], isOn: boolean): string {
    if (!modes.some((mode) => OTHER_SCREEN_MODES.has(mode))) return sequence;
    const wanted = modes.filter((mode) => !OTHER_SCREEN_MODES.has(mode) || isOn || this.#isOnOther);
    this.#isOnOther = isOn;
    this.#keyboard.isOnOther = isOn;
    // The terminal has flags for each screen.
    return wanted.length === 0
      ? ""
      : `\u001b[?${wanted.join(";")}${isOn ? "h" : "l"}${this.#withFlags(this.#keyboard.flags)}`;
  }

  #setKeyboard(sequence: ControlSequence): string {
    this.#keyboard.take(sequence);
    if (sequence.action === "u") return this.#withFlags(this.#keyboard.flags);
    this.#hasSetOtherKeys = true;
    return otherKeysText(this.#keyboard.otherKeys);
  }

  #withFlags(flags: number): string {
    return this.#ownFlags === undefined ? "" : flagsText(flags);
  }
}

/** Reset, erasing in the display, modes, and the keyboard. */
const SEQUENCES = new RegExp(["\u001bc", "\u001b\\[[0-?]*[Jhl]", "\u001b\\[[<=>][0-?]*[umn]"].join("|"), "g");

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
