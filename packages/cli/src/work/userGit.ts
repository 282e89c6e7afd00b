import type { CommandContext } from "../commandContext.ts";
import { runCommand, runInForeground } from "../process.ts";

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
    const { environment } = this.#context.config;
    const { code, stdout } = await runCommand("git", args, { cwd: this.#folder, environment });
    return code === 0 ? stdout.replace(/\n$/, "") : undefined;
  }

  /** Runs on the terminal, with colours and pager as ever; the exit code. */
  async show(args: readonly string[]): Promise<number> {
    return await runInForeground("git", args, { cwd: this.#folder, environment: this.#context.config.environment });
  }
}
