import { Fault } from "@clauderon/base";
import { cleanText } from "@clauderon/base";
import { gitEnvironment } from "./model/environment.ts";
import { type Finished, runProcess } from "@clauderon/process/run";

export interface GitCall {
  /** Variables for this call alone. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** What git says on stderr, as it comes. */
  readonly onStderr?: (text: string) => void;
  /** More output than this ends it. */
  readonly maxOutputBytes?: number;
}

/** What is told of git's words; names in them may be of an agent's making. */
const MAX_SAID = 4_096;

/**
 * git in one folder, with the user's own configuration. Neither hooks nor a file system monitor run: what is done here for
 * a session is not the user's commit or checkout, and a checkout may have been shaped by an agent.
 */
export class Git {
  readonly folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #stop: AbortSignal | undefined;

  /** A call that runs when `stop` aborts is ended. */
  constructor(folder: string, environment: Readonly<Record<string, string | undefined>>, stop?: AbortSignal) {
    this.folder = folder;
    this.#environment = gitEnvironment(environment);
    this.#stop = stop;
  }

  /** The same git in another folder. */
  in(folder: string): Git {
    return new Git(folder, this.#environment, this.#stop);
  }

  /** Runs to the end, whatever the exit code. */
  run(args: readonly string[], { environment, ...call }: GitCall = {}): Promise<Finished> {
    return runProcess("git", ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", ...args], {
      cwd: this.folder,
      environment: { ...this.#environment, ...environment },
      ...call,
      stop: this.#stop,
      faultCode: "REPOSITORY_UNAVAILABLE",
    });
  }

  /** What git prints, without the last newline; REPOSITORY_UNAVAILABLE with git's words when it fails. */
  async read(args: readonly string[], call?: GitCall): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, call);
    if (code === 0) return stdout.toString().replace(/\n$/, "");
    const said = cleanText(stderr.trim().replace(/^fatal: /, ""), MAX_SAID) || `exit code ${code}`;
    throw new Fault("REPOSITORY_UNAVAILABLE", `git ${args[0] ?? ""} failed in ${this.folder}: ${said}`);
  }

  /** The same as `read`; undefined when git fails or prints nothing. */
  async ask(args: readonly string[], call?: GitCall): Promise<string | undefined> {
    const { code, stdout } = await this.run(args, call);
    const answer = stdout.toString().replace(/\n$/, "");
    return code === 0 && answer !== "" ? answer : undefined;
  }

  /** What git prints with `-z`: any name, with any character in it. */
  async names(args: readonly string[], call?: GitCall): Promise<readonly string[]> {
    return (await this.read(args, call)).split("\0").filter((name) => name !== "");
  }
}
