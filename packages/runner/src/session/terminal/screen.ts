import { TerminalFilter } from "@clauderon/terminal";
import { SerializeAddon } from "@xterm/addon-serialize";
import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import headless from "@xterm/headless";
import { ScreenModes } from "./screenModes.ts";

/** Lines above the screen that are kept, and those that a snapshot leaves out first when it grows too large. */
const SCROLLBACKS = [1_000, 200, 0] as const;

/** From any state to an empty screen with the cursor at its top: leave the other screen, reset, clear. */
const RESET = "\u001b[?1049l\u001bc\u001b[3J";

export interface ScreenOptions {
  readonly cols: number;
  readonly rows: number;
  /** Takes what the terminal answers to the agent's queries. */
  readonly answer: (text: string) => void;
}

/** A terminal without a window: what a person would see now, for whoever comes later. */
export class Screen {
  readonly #terminal: headless.Terminal;
  readonly #serializer = new SerializeAddon();
  readonly #boundary = new TerminalFilter();
  readonly #modes: ScreenModes;
  #unread = 0;
  #offset: number;

  /** `offset` is that of the first byte it will be given. */
  constructor({ cols, rows, answer }: ScreenOptions, offset: number) {
    this.#offset = offset;
    this.#terminal = new headless.Terminal({ cols, rows, scrollback: SCROLLBACKS[0], allowProposedApi: true });
    this.#terminal.loadAddon(this.#serializer);
    // Clusters of characters are as wide as current terminals draw them.
    this.#terminal.loadAddon(new UnicodeGraphemesAddon());
    this.#modes = new ScreenModes(this.#terminal);
    this.#terminal.onData(answer);
  }

  /** Bytes it was given and has not drawn yet. */
  get unread(): number {
    return this.#unread;
  }

  /** The offset it stands at. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether the program in the terminal knows what was pasted from what was typed; until then it may not read at all. */
  get takesPastes(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** Draws some time soon, then calls back. */
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

  /** The last line that has a word on it, once all is drawn that was written until now. */
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
   * Bytes that draw the screen as it stands at `offset` on any terminal of its size: with as many of the lines above as
   * fit into `maxBytes`, and an empty screen when not even the screen does. A sequence that is cut at `offset` is begun.
   */
  snapshot(maxBytes: number): Uint8Array {
    for (const scrollback of SCROLLBACKS) {
      const drawn = Buffer.from(RESET + this.#serializer.serialize({ scrollback }) + this.#modes.restore());
      const bytes = Buffer.concat([drawn, this.#boundary.held]);
      if (bytes.length <= maxBytes) return bytes;
    }
    return Buffer.concat([Buffer.from(RESET), this.#boundary.held]);
  }

  close(): void {
    this.#terminal.dispose();
  }
}
