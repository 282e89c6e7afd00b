import { cleanText } from "@clauderon/base/clean-text";
import type { CommandContext } from "../commandContext.ts";
import { runInForeground } from "@clauderon/process/foreground";
import { runProcess } from "@clauderon/process/run";

/** git in a folder as the user calls it: with their settings, and for what is shown to them also with their terminal. */
export class UserGit {
  readonly #context: CommandContext;
  readonly #folder: string;

  constructor(context: CommandContext, folder: string) {
    this.#context = context;
    this.#folder = folder;
  }

  /** What git prints, without the last newline; undefined when it fails. */
  async ask(args: readonly string[]): Promise<string | undefined> {
    const { code, stdout } = await runProcess("git", args, this.#options);
    return code === 0 ? stdout.toString().replace(/\n$/, "") : undefined;
  }

  /** Runs on the terminal, with colours and pager as ever; the exit code. */
  async show(args: readonly string[]): Promise<number> {
    return await runInForeground("git", args, this.#options);
  }

  /** The same for a git that tells names of files of a session's making: nothing that a terminal acts on comes through. */
  async tell(args: readonly string[]): Promise<number> {
    return await runInForeground("git", args, { ...this.#options, shown });
  }

  get #options() {
    return { cwd: this.#folder, environment: this.#context.config.environment };
  }
}

const shown = (text: string) => cleanText(text, Number.POSITIVE_INFINITY);
