import { spawn } from "@lydell/node-pty";
import headless from "@xterm/headless";
import { onTestFinished } from "vitest";

export interface WindowOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly cols?: number;
  readonly rows?: number;
  /** The flags that it has before anything runs in it; missing for a terminal that does not know the kitty keyboard protocol. */
  readonly keyboardFlags?: number;
}

/** A window of a terminal with a program in it, and the eyes of the person before it. */
export class TerminalWindow {
  readonly #pty;
  readonly #terminal: headless.Terminal;
  #received = "";
  #title = "";
  /** What the terminal answered by itself to what was printed. */
  answers = "";
  bells = 0;
  exitCode: number | undefined;

  /** The flags of the kitty keyboard protocol. */
  keyboardFlags: number | undefined;

  constructor([program = "", ...args]: readonly string[], options: WindowOptions) {
    const { cwd, environment, cols = 100, rows = 30, keyboardFlags } = options;
    this.#pty = spawn(program, [...args], { cwd, env: { ...environment }, cols, rows, name: "xterm-256color" });
    this.#terminal = new headless.Terminal({ cols, rows, scrollback: 5_000, allowProposedApi: true });
    onTestFinished(() => this.#end());
    if (keyboardFlags !== undefined) this.#knowKeyboard(keyboardFlags);
    this.#terminal.onTitleChange((title) => {
      this.#title = title;
    });
    this.#terminal.onBell(() => {
      this.bells += 1;
    });
    this.#terminal.onData((text) => {
      this.answers += text;
      this.#pty.write(text);
    });
    this.#pty.onData((text) => {
      this.#received += text;
      this.#terminal.write(text);
    });
    this.#pty.onExit(({ exitCode }) => {
      this.exitCode = exitCode;
    });
  }

  /** Only what attach uses: the question, and flags that are set. */
  #knowKeyboard(flags: number): void {
    this.keyboardFlags = flags;
    const { parser } = this.#terminal;
    parser.registerCsiHandler({ prefix: "?", final: "u" }, () => {
      this.#pty.write(`\u001b[?${this.keyboardFlags}u`);
      return true;
    });
    parser.registerCsiHandler({ prefix: "=", final: "u" }, ([set]) => {
      this.keyboardFlags = Number(set);
      return true;
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get title(): string {
    return this.#title;
  }

  /** Every byte that the program has printed. */
  get received(): string {
    return this.#received;
  }

  /** The lines to be seen, without spaces at their ends and empty lines at the bottom. */
  get screen(): string {
    const { viewportY } = this.#terminal.buffer.active;
    return this.#lines(viewportY).join("\n").trimEnd();
  }

  /** The same with all that has scrolled off. */
  get history(): string {
    return this.#lines(0).join("\n").trimEnd();
  }

  /** Modes that a program has left on. */
  get modes(): headless.IModes {
    return this.#terminal.modes;
  }

  /** How often a text was printed, in all. */
  count(text: string): number {
    return this.history.split(text).length - 1;
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  #lines(from: number): readonly string[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: buffer.length - from }, (_, index) =>
      (buffer.getLine(from + index)?.translateToString(true) ?? "").trimEnd(),
    );
  }

  #end(): void {
    if (this.exitCode === undefined) this.#pty.kill("SIGKILL");
    this.#terminal.dispose();
  }
}
