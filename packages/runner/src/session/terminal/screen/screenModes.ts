import { KeyboardModes, PRIVATE_MODES, setsKeyboard } from "@clauderon/terminal";
import type headless from "@xterm/headless";

/**
 * Modes that the serializer of xterm.js restores, or that are not settings: other screens, and saving of the cursor.
 */
const RESTORED_ELSEWHERE: ReadonlySet<number> = new Set([
  1, 6, 7, 9, 45, 47, 66, 1000, 1002, 1003, 1004, 1047, 1048, 1049, 2004,
]);

/** Mouse encodings; the one that was set last is in effect. */
const MOUSE_ENCODINGS: readonly number[] = [1005, 1006, 1015, 1016];

type Margins = readonly [top: number, bottom: number];

/**
 * What a program has set on its terminal in addition to text, colours and the modes that xterm.js serializes: further
 * modes, margins, tab stops, character sets, the shape of the cursor. It sees the sequences as the terminal parses
 * them. Margins and tab stops belong to the terminal: xterm.js has them for each screen, but real terminals do not.
 */
export class ScreenModes {
  readonly #terminal: headless.Terminal;
  readonly #set = new Map<number, boolean>();
  #margins: Margins | undefined;
  readonly #keyboard = new KeyboardModes();
  readonly #charsets = new Map<string, string>();
  #shifted = false;
  #returnsOnLineFeed = false;
  #cursorStyle = 0;
  /** Columns from 0; undefined for the default of one in every eight. */
  #tabs: Set<number> | undefined;

  /** `answer` receives the answers to questions about the keyboard, which xterm.js does not know. */
  constructor(terminal: headless.Terminal, answer: (text: string) => void) {
    this.#terminal = terminal;
    this.#listenForKeyboard(answer);
    const { parser } = terminal;
    for (const final of ["h", "l"] as const) {
      parser.registerCsiHandler({ prefix: "?", final }, (modes) =>
        this.#see(() => this.#setModes(modes, final === "h")),
      );
      parser.registerCsiHandler({ final }, (modes) =>
        this.#see(() => {
          if (modes.includes(20)) this.#returnsOnLineFeed = final === "h";
        }),
      );
    }
    parser.registerCsiHandler({ final: "r" }, ([top, bottom]) => this.#see(() => this.#setMargins(top, bottom)));
    parser.registerCsiHandler({ intermediates: " ", final: "q" }, ([style]) =>
      this.#see(() => (this.#cursorStyle = Number(style ?? 0))),
    );
    parser.registerCsiHandler({ final: "g" }, ([what]) => this.#see(() => this.#clearTabs(Number(what ?? 0))));
    parser.registerEscHandler({ final: "H" }, () => this.#see(() => this.#stops().add(this.#column)));
    for (const slot of ["(", ")", "*", "+"]) {
      for (const set of CHARSETS) {
        parser.registerEscHandler({ intermediates: slot, final: set }, () =>
          this.#see(() => this.#charsets.set(slot, set)),
        );
      }
    }
    parser.registerEscHandler({ final: "c" }, () => this.#see(() => this.#reset()));
    parser.registerCsiHandler({ intermediates: "!", final: "p" }, () => this.#see(() => this.#softReset()));
  }

  /**
   * Answers for every viewer: a program asks once, perhaps before there is a viewer. One whose terminal does not know these
   * modes sends keys as before, which programs take too.
   */
  #listenForKeyboard(answer: (text: string) => void): void {
    const { parser } = this.#terminal;
    for (const [prefix, final] of KEYBOARD) {
      parser.registerCsiHandler({ prefix, final }, (given) =>
        this.#see(() => {
          const parameters = given.map((parameter) => Number(parameter));
          const sequence = { marker: prefix, parameters, action: final };
          if (setsKeyboard(sequence)) this.#onScreen.take(sequence);
        }),
      );
    }
    parser.registerCsiHandler({ prefix: "?", final: "u" }, () =>
      this.#see(() => answer(`\u001b[?${this.#onScreen.flags}u`)),
    );
    parser.registerCsiHandler({ prefix: "?", final: "m" }, ([resource]) =>
      this.#see(() => {
        if (Number(resource) === 4) answer(`\u001b[>4;${this.#keyboard.otherKeys}m`);
      }),
    );
  }

  get #onScreen(): KeyboardModes {
    this.#keyboard.isOnOther = this.#terminal.buffer.active.type === "alternate";
    return this.#keyboard;
  }

  /** Sequences for a terminal that is reset, before anything is drawn. */
  prepare(): string {
    return this.#onScreen.restoreMain();
  }

  /** Tracks the shifts between character sets in drawn bytes; they are single bytes, which handlers do not see. */
  drawn(bytes: Uint8Array): void {
    const last = Math.max(bytes.lastIndexOf(SHIFT_OUT), bytes.lastIndexOf(SHIFT_IN));
    if (last === -1) return;
    // A later reset in the same chunk has already been handled.
    const rest = Buffer.from(bytes.subarray(last));
    this.#shifted = bytes[last] === SHIFT_OUT && !RESETS.some((reset) => rest.includes(reset));
  }

  /** A change of size resets the margins. */
  resized(): void {
    this.#margins = undefined;
  }

  /** Sequences that set all this on a terminal that already shows the screen; the cursor keeps its position. */
  restore(): string {
    const { active } = this.#terminal.buffer;
    const margins = this.#margins;
    const { originMode } = this.#terminal.modes;
    const moves = [
      ...(this.#tabs === undefined
        ? []
        : ["\u001b[3g", ...Array.from(this.#tabs, (column) => `\u001b[${column + 1}G\u001bH`)]),
      ...(margins === undefined ? [] : [`\u001b[${margins[0] + 1};${margins[1] + 1}r`]),
      ...(originMode ? ["\u001b[?6h"] : []),
    ];
    const row = active.cursorY - (originMode ? (margins?.[0] ?? 0) : 0);
    const back =
      moves.length === 0 ? [] : [`\u001b[${row + 1};${Math.min(active.cursorX, this.#terminal.cols - 1) + 1}H`];
    return [
      ...moves,
      ...back,
      ...Array.from(this.#charsets, ([slot, set]) => `\u001b${slot}${set}`),
      ...(this.#shifted ? [String.fromCharCode(SHIFT_OUT)] : []),
      ...(this.#returnsOnLineFeed ? ["\u001b[20h"] : []),
      ...(this.#cursorStyle === 0 ? [] : [`\u001b[${this.#cursorStyle} q`]),
      this.#onScreen.restoreOther(),
      ...Array.from(this.#set, ([mode, isOn]) => `\u001b[?${mode}${isOn ? "h" : "l"}`),
    ].join("");
  }

  /** The terminal handles the sequence too. */
  #see(note: () => unknown): boolean {
    note();
    return false;
  }

  #setModes(modes: readonly (number | number[])[], isOn: boolean): void {
    for (const mode of modes.flat()) {
      if (!PRIVATE_MODES.has(mode) || RESTORED_ELSEWHERE.has(mode)) continue;
      if (MOUSE_ENCODINGS.includes(mode)) for (const other of MOUSE_ENCODINGS) this.#set.delete(other);
      this.#set.delete(mode);
      if (isOn !== (PRIVATE_MODES.get(mode) === "on")) this.#set.set(mode, isOn);
    }
  }

  #setMargins(first: number | number[] | undefined, last: number | number[] | undefined): void {
    const { rows } = this.#terminal;
    const top = Math.max(Number(first ?? 1), 1) - 1;
    const bottom = Math.min(Number(last ?? 0) || rows, rows) - 1;
    // A single line is not a valid region: the terminal ignores it.
    if (top >= bottom) return;
    this.#margins = top === 0 && bottom === rows - 1 ? undefined : [top, bottom];
  }

  #clearTabs(what: number): void {
    if (what === 0) this.#stops().delete(this.#column);
    if (what === 3) this.#tabs = new Set();
  }

  #stops(): Set<number> {
    this.#tabs ??= new Set(Array.from({ length: Math.ceil(this.#terminal.cols / 8) }, (_, index) => index * 8));
    return this.#tabs;
  }

  get #column(): number {
    return this.#terminal.buffer.active.cursorX;
  }

  #reset(): void {
    this.#softReset();
    this.#set.clear();
    this.#keyboard.reset();
    this.#returnsOnLineFeed = false;
    this.#cursorStyle = 0;
    this.#tabs = undefined;
  }

  #softReset(): void {
    this.#set.delete(25);
    this.#margins = undefined;
    this.#charsets.clear();
    this.#shifted = false;
  }
}

const [SHIFT_OUT, SHIFT_IN] = [0x0e, 0x0f] as const;
const RESETS = ["\u001bc", "\u001b[!p"] as const;

/** Setting flags of the kitty keyboard protocol, and modifyOtherKeys. */
const KEYBOARD = [
  [">", "u"],
  ["<", "u"],
  ["=", "u"],
  [">", "m"],
  [">", "n"],
] as const;

/** Current terminals draw these as two: text, and lines. */
const CHARSETS = ["0", "A", "B"] as const;
