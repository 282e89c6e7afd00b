import type { Size } from "./size.ts";
import type { OutputLog } from "./outputLog.ts";
import { Screen } from "./screen/screen.ts";

/** How far the screen model may lag behind the output before the agent must wait. */
const MAX_UNREAD_BYTES = 4_194_304;

/** A viewer of the terminal. */
export interface Onlooker {
  /** There is new output, or the size or the writer has changed. */
  update(): void;
  /** It is the writer from now on. */
  chosen(): void;
}

/** What the terminal needs of the program in it. */
export interface Program {
  resize(cols: number, rows: number): void;
  write(bytes: Uint8Array): Promise<void>;
  isPaused: boolean;
}

/** The session's terminal: its output (log), its screen, the viewer that types (writer), and all viewers. */
export class TerminalHub {
  readonly log: OutputLog;
  readonly #screen: Screen;
  readonly #onlookers = new Set<Onlooker>();
  #program: Program | undefined;
  /** The offset of the current program's first byte. */
  #programStart = 0;
  #writer: Onlooker | undefined;
  /** Viewers that asked to write while another one did, in the order of asking. */
  readonly #waiting = new Set<Onlooker>();
  #size: Size = { cols: 120, rows: 40 };

  constructor(log: OutputLog) {
    this.log = log;
    this.#screen = new Screen({ ...this.#size, answer: (text) => void this.type(Buffer.from(text)) }, log.end);
  }

  get size(): Size {
    return this.#size;
  }

  /** Whether the current program takes pastes; the screen may still show the mode of an earlier one. */
  get takesPastes(): boolean {
    return this.#screen.offset >= this.#programStart && this.#screen.takesPastes;
  }

  /** The program that is now in the terminal; undefined when it has ended. */
  set program(program: Program | undefined) {
    this.#program = program;
    this.#programStart = this.log.end;
  }

  /** Called with the program's output. */
  print(bytes: Uint8Array): void {
    this.log.append(bytes);
    this.#screen.write(bytes, () => this.#drawn());
    if (this.#screen.unread > MAX_UNREAD_BYTES && this.#program !== undefined) this.#program.isPaused = true;
    this.#updateAll();
  }

  /** Types into the program; settles when the terminal has taken the bytes. */
  async type(bytes: Uint8Array): Promise<void> {
    await this.#program?.write(bytes);
  }

  /** The screen with its offset; see Screen. */
  snapshot(maxBytes: number): { readonly offset: number; readonly bytes: Uint8Array } {
    return { offset: this.#screen.offset, bytes: this.#screen.snapshot(maxBytes) };
  }

  /** The last line with text that the terminal shows. */
  lastLine(): Promise<string | undefined> {
    return this.#screen.lastLine();
  }

  add(onlooker: Onlooker): void {
    this.#onlookers.add(onlooker);
  }

  remove(onlooker: Onlooker): void {
    this.#onlookers.delete(onlooker);
    this.#waiting.delete(onlooker);
    if (this.#writer !== onlooker) return;
    const [next] = this.#waiting;
    this.#setWriter(next);
    next?.chosen();
  }

  isWriter(onlooker: Onlooker): boolean {
    return this.#writer === onlooker;
  }

  /**
   * Makes a viewer the writer at once, if there is no writer or it takes over; otherwise when all that asked before it
   * have left.
   */
  claim(onlooker: Onlooker, takeOver: boolean): void {
    if (this.#writer !== undefined && !takeOver) return void this.#waiting.add(onlooker);
    // The previous writer asked before all that wait, so it is the next one to write.
    const others = [...this.#waiting];
    this.#waiting.clear();
    for (const other of this.#writer === undefined ? others : [this.#writer, ...others]) this.#waiting.add(other);
    this.#setWriter(onlooker);
  }

  /** Sets the size to that of the writer's window. */
  resize(onlooker: Onlooker, { cols, rows }: Size): void {
    if (!this.isWriter(onlooker) || (cols === this.#size.cols && rows === this.#size.rows)) return;
    this.#size = { cols, rows };
    this.#screen.resize(cols, rows);
    this.#program?.resize(cols, rows);
    this.#updateAll();
  }

  close(): void {
    this.#screen.close();
    this.log.close();
  }

  #setWriter(onlooker: Onlooker | undefined): void {
    this.#writer = onlooker;
    if (onlooker !== undefined) this.#waiting.delete(onlooker);
    this.#updateAll();
  }

  #drawn(): void {
    if (this.#program !== undefined && this.#screen.unread <= MAX_UNREAD_BYTES / 2) this.#program.isPaused = false;
    this.#updateAll();
  }

  #updateAll(): void {
    for (const onlooker of this.#onlookers) onlooker.update();
  }
}
