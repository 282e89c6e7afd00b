import { TerminalFilter } from "@clauderon/terminal";
import { SerializeAddon } from "@xterm/addon-serialize";
import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import headless from "@xterm/headless";
import { ScreenModes } from "./screenModes.ts";

/**
 * How many lines above the screen are kept; a snapshot that grows too large is tried with each smaller number in turn.
 */
const SCROLLBACKS = [1_000, 200, 0] as const;

/** From any state to an empty screen with the cursor at the top: leaves the other screen, resets, clears. */
const RESET = "\u001b[?1049l\u001bc\u001b[3J";

export interface ScreenOptions {
  readonly cols: number;
  readonly rows: number;
  /** Receives the terminal's answers to the agent's queries. */
  readonly answer: (text: string) => void;
}

/** A terminal without a window: a model of what a user would see now, for viewers that attach later. */
export class Screen {
  readonly #terminal: headless.Terminal;
  readonly #serializer = new SerializeAddon();
  readonly #boundary = new TerminalFilter();
  readonly #modes: ScreenModes;
  #unread = 0;
  #offset: number;

  /** `offset` is the offset of the first byte that will be written. */
  constructor({ cols, rows, answer }: ScreenOptions, offset: number) {
    this.#offset = offset;
    this.#terminal = new headless.Terminal({ cols, rows, scrollback: SCROLLBACKS[0], allowProposedApi: true });
    this.#terminal.loadAddon(this.#serializer);
    // Grapheme clusters then have the width that current terminals give them.
    this.#terminal.loadAddon(new UnicodeGraphemesAddon());
    this.#modes = new ScreenModes(this.#terminal, answer);
    this.#terminal.onData(answer);
  }

  /** The number of bytes written but not drawn yet. */
  get unread(): number {
    return this.#unread;
  }

  /** The offset after the last drawn byte. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether the program in the terminal distinguishes pasted from typed text; before that, it may not read at all. */
  get takesPastes(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** Draws asynchronously, then calls back. */
  write(bytes: Uint8Array, drawn: () => void): void {
    this.#unread += bytes.length;
    this.#terminal.write(bytes, () => {
      this.#unread -= bytes.length;
      this.#offset += bytes.length;
      this.#boundary.push(bytes);
      this.#modes.drawn(bytes);
      drawn();
    });
  }

  /** The last line with text on it, after drawing everything written so far. */
  async lastLine(): Promise<string | undefined> {
    await new Promise<void>((resolve) => this.#terminal.write("", resolve));
    const { active } = this.#terminal.buffer;
    for (let row = active.length - 1; row >= 0; row -= 1) {
      const line = active.getLine(row)?.translateToString(true).trim() ?? "";
      if (line !== "") return line;
    }
    return undefined;
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows);
    this.#modes.resized();
  }

  /**
   * Bytes that draw the screen at `offset` on any terminal of its size, with as many of the lines above as fit into
   * `maxBytes`; an empty screen when not even the screen fits. Ends with the beginning of a sequence that is incomplete
   * at `offset`.
   */
  snapshot(maxBytes: number): Uint8Array {
    for (const scrollback of SCROLLBACKS) {
      const drawn = Buffer.from(
        RESET + this.#modes.prepare() + this.#serializer.serialize({ scrollback }) + this.#modes.restore(),
      );
      const bytes = Buffer.concat([drawn, this.#boundary.held]);
      if (bytes.length <= maxBytes) return bytes;
    }
    return Buffer.concat([Buffer.from(RESET), this.#boundary.held]);
  }

  close(): void {
    this.#terminal.dispose();
  }
}
