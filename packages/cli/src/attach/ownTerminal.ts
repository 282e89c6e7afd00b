import { MAX_TERMINAL_SIZE } from "@clauderon/protocol/wire";
import { KEYBOARD_QUERY, KeyboardReply, ScreenGuard } from "@clauderon/terminal";
import type { CommandContext } from "../commandContext.ts";

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** What a user does at the terminal. */
export interface Person {
  typed(bytes: Uint8Array): void;
  resized(size: TerminalSize): void;
  /** The terminal was closed. */
  left(): void;
}

/**
 * The terminal of this process while it shows a session: every key arrives as it is typed, and the earlier content of
 * the screen stays above the session. However the process ends, short of SIGKILL, the terminal is restored.
 */
export class OwnTerminal {
  readonly #guard = new ScreenGuard();
  readonly #reply = new KeyboardReply();
  readonly #atResume: CommandContext["atResume"];
  #isTaken = false;

  constructor({ atExit, atResume }: CommandContext) {
    this.#atResume = atResume;
    atExit(() => this.restore());
  }

  get size(): TerminalSize {
    const { columns, rows } = process.stdout;
    return {
      cols: Math.min(Math.max(columns, 1), MAX_TERMINAL_SIZE),
      rows: Math.min(Math.max(rows, 1), MAX_TERMINAL_SIZE),
    };
  }

  take(person: Person): void {
    this.#isTaken = true;
    process.stdin.setRawMode?.(true);
    process.stdin.on("data", (bytes: Buffer) => this.#typed(bytes, person));
    process.stdin.on("end", () => person.left());
    process.stdin.on("error", () => person.left());
    process.stdout.on("resize", () => person.resized(this.size));
    this.#atResume(() => this.#takeBack(person));
    // Asks for the keyboard, scrolls the screen's content up, and saves the window title where the terminal can.
    process.stdout.write(
      `${KEYBOARD_QUERY}\u001b[22;0t\u001b[${this.size.rows};1H${"\n".repeat(this.size.rows)}\u001b[H`,
    );
  }

  #typed(typed: Uint8Array, person: Person): void {
    const { bytes, flags } = this.#reply.push(typed);
    if (flags !== undefined && this.#isTaken) process.stdout.write(this.#guard.knowsKeyboard(flags));
    if (bytes.length > 0) person.typed(bytes);
  }

  /** A shell that used the terminal in the meantime has changed its mode, and has written over the agent's screen. */
  #takeBack(person: Person): void {
    if (!this.#isTaken) return;
    process.stdin.setRawMode?.(false); // Node still believes it is raw
    process.stdin.setRawMode?.(true);
    process.stdout.write(this.#guard.resume());
    const { cols, rows } = this.size;
    person.resized({ cols, rows: Math.max(rows - 1, 1) }); // agents redraw when the size changes
    person.resized({ cols, rows });
  }

  /** Shows what TerminalFilter has passed, then calls back. */
  show(bytes: Uint8Array, shown: () => void): void {
    process.stdout.write(this.#guard.push(bytes), shown);
  }

  /** Shows a message about the session in the window title, where it does not disturb the screen. */
  setTitle(text: string): void {
    if (this.#isTaken) process.stdout.write(`\u001b]0;${text}\u0007`);
  }

  ring(): void {
    if (this.#isTaken) process.stdout.write("\u0007");
  }

  /** Safe to call twice. */
  restore(): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    process.stdin.setRawMode?.(false);
    process.stdin.pause();
    process.stdout.write(`${this.#guard.leave()}\u001b[23;0t`);
  }
}
