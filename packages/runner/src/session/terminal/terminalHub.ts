import type { Size } from "./size.ts";
import type { OutputLog } from "./outputLog.ts";
import { Screen } from "./screen.ts";

/** Output that the screen model may lag behind before the agent waits for it. */
const MAX_UNREAD_BYTES = 4_194_304;

/** Who looks at the terminal. */
export interface Onlooker {
  /** There is more to see, or another size or writer. */
  update(): void;
  /** It writes from now on. */
  chosen(): void;
}

/** What the terminal needs of the program in it. */
export interface Program {
  resize(cols: number, rows: number): void;
  write(bytes: Uint8Array): Promise<void>;
  isPaused: boolean;
}

/** The session's terminal: what it printed (log), what it shows (screen), who types into it (writer), who looks. */
export class TerminalHub {
  readonly log: OutputLog;
  readonly #screen: Screen;
  readonly #onlookers = new Set<Onlooker>();
  #program: Program | undefined;
  /** The offset of the first byte that is the program's own. */
  #programStart = 0;
  #writer: Onlooker | undefined;
  /** Who asked to write while another one did, in the order they came. */
  readonly #waiting = new Set<Onlooker>();
  #size: Size = { cols: 120, rows: 40 };

  constructor(log: OutputLog) {
    this.log = log;
    this.#screen = new Screen({ ...this.#size, answer: (text) => void this.type(Buffer.from(text)) }, log.end);
  }

  get size(): Size {
    return this.#size;
  }

  /** Whether the program in the terminal takes pastes, which one before it may have done too. */
  get takesPastes(): boolean {
    return this.#screen.offset >= this.#programStart && this.#screen.takesPastes;
  }

  /** From now on this program is in the terminal; undefined when it left. */
  set program(program: Program | undefined) {
    this.#program = program;
    this.#programStart = this.log.end;
  }

  /** The program printed this. */
  print(bytes: Uint8Array): void {
    this.log.append(bytes);
    this.#screen.write(bytes, () => this.#drawn());
    if (this.#screen.unread > MAX_UNREAD_BYTES && this.#program !== undefined) this.#program.isPaused = true;
    this.#updateAll();
  }

  /** Types into the program; settles when it was taken. */
  async type(bytes: Uint8Array): Promise<void> {
    await this.#program?.write(bytes);
  }

  /** The screen as it stands at an offset; see Screen. */
  snapshot(maxBytes: number): { readonly offset: number; readonly bytes: Uint8Array } {
    return { offset: this.#screen.offset, bytes: this.#screen.snapshot(maxBytes) };
  }

  /** The last line with a word on it that the terminal shows. */
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

  /** Makes an onlooker the writer, if nobody is or it takes over; else once all who asked before it have left. */
  claim(onlooker: Onlooker, takeOver: boolean): void {
    if (this.#writer !== undefined && !takeOver) return void this.#waiting.add(onlooker);
    // Whom it takes over from asked before all who wait, and writes again after it.
    const others = [...this.#waiting];
    this.#waiting.clear();
    for (const other of this.#writer === undefined ? others : [this.#writer, ...others]) this.#waiting.add(other);
    this.#setWriter(onlooker);
  }

  /** The writer's window has this size. */
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
