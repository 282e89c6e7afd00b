import { type IPty, spawn } from "@lydell/node-pty";
import { type Bench, timeEach } from "./bench.ts";
import { type Figures, printFigures } from "./figures.ts";

export interface WindowOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A program in a terminal of this process. */
export class Window {
  readonly #pty: IPty;
  #output = "";
  #hasEnded = false;
  #waiting:
    | { readonly text: string; readonly resolve: () => void; readonly reject: (error: Error) => void }
    | undefined;

  constructor([program = "", ...args]: readonly string[], { cwd, environment }: WindowOptions) {
    const terminal = { cols: 100, rows: 30, name: "xterm-256color" };
    this.#pty = spawn(program, [...args], { cwd, env: { ...environment }, ...terminal });
    this.#pty.onData((text) => {
      this.#output += text;
      this.#look();
    });
    this.#pty.onExit(({ exitCode }) => {
      this.#hasEnded = true;
      this.#waiting?.reject(new Error(`${program} exits with ${exitCode}: ${this.#output}`));
    });
  }

  /** Settles when the program has printed the text, after the previous wait. */
  prints(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = { text, resolve, reject };
      this.#look();
    });
  }

  /** Types; settles when it was printed. */
  echo(text: string): Promise<void> {
    this.#output = "";
    const printed = this.prints(text);
    this.#pty.write(text);
    return printed;
  }

  close(): void {
    this.#waiting = undefined;
    if (!this.#hasEnded) this.#pty.kill("SIGKILL");
  }

  #look(): void {
    if (this.#waiting === undefined || !this.#output.includes(this.#waiting.text)) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    this.#output = "";
    resolve();
  }
}

/** Milliseconds from the start of a program in a terminal until it has printed the text; the program is then killed. */
export async function timeToPaint(
  bench: Bench,
  argv: readonly string[],
  text: string,
  options: Omit<WindowOptions, "cwd">,
): Promise<number> {
  const begin = performance.now();
  const window = new Window(argv, { cwd: bench.folder, ...options });
  bench.defer(() => window.close());
  await window.prints(text);
  const time = performance.now() - begin;
  window.close();
  return time;
}

/** The least that a command written for Node takes in a terminal: prints it, as a baseline for whole commands. */
export async function printNodeStart(
  bench: Bench,
  count: number,
  environment: WindowOptions["environment"],
): Promise<Figures> {
  const argv = [process.execPath, "-e", 'process.stdout.write("0")'];
  const values = await timeEach(count, () => timeToPaint(bench, argv, "0", { environment }));
  return printFigures({ label: "node -e 0, in a terminal", unit: "ms", values });
}
