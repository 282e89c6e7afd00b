import { Fault } from "@clauderon/base/fault";
import type { Environment } from "../config.ts";
import { type Finished, runProcess } from "@clauderon/process/run";

/** By these an outer git (a hook, an alias) would misdirect ours. */
const MISDIRECTING = /^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|NAMESPACE)$/;

/** The user's git, with the user's configuration. */
export class Git {
  readonly #environment: Environment;
  readonly #stop: AbortSignal | undefined;

  /** A command that runs when `stop` aborts is ended. */
  constructor(environment: Environment, stop?: AbortSignal) {
    this.#environment = Object.fromEntries(Object.entries(environment).filter(([name]) => !MISDIRECTING.test(name)));
    this.#stop = stop;
  }

  /** The same git, which nothing stops: to take back what was begun. */
  get unstopped(): Git {
    return new Git(this.#environment);
  }

  /** What git prints in that folder, without the last newline; REPOSITORY_UNAVAILABLE with its words when it fails. */
  async read(cwd: string, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(cwd, args);
    if (code === 0) return stdout.toString().replace(/\n$/, "");
    const said = stderr.trim() || `exit code ${code}`;
    throw new Fault("REPOSITORY_UNAVAILABLE", `git ${args[0] ?? ""} failed in ${cwd}: ${said}`);
  }

  /** The lines git prints in that folder. */
  async lines(cwd: string, ...args: readonly string[]): Promise<readonly string[]> {
    return (await this.read(cwd, ...args)).split("\n").filter((line) => line !== "");
  }

  /** The same as `read`; undefined when git fails or prints nothing. */
  async ask(cwd: string, ...args: readonly string[]): Promise<string | undefined> {
    const { code, stdout } = await this.run(cwd, args);
    const answer = stdout.toString().replace(/\n$/, "");
    return code === 0 && answer !== "" ? answer : undefined;
  }

  /** Runs git to its end, however it ends. */
  run(cwd: string, args: readonly string[]): Promise<Finished> {
    return runProcess("git", args, { cwd, environment: this.#environment, stop: this.#stop });
  }
}
