import { cleanText } from "@clauderon/base/clean-text";
import { Fault } from "@clauderon/base/fault";
import { runInForeground } from "@clauderon/process/foreground";
import { type Finished, runProcess } from "@clauderon/process/run";
import { gitEnvironment, type GitTrust } from "./model/variables.ts";
import { type RawName, rawNames } from "./rawNames.ts";

export interface GitCall {
  /** Variables for this call alone. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** What git writes to stderr, as it comes: its progress. */
  readonly onStderr?: (text: string) => void;
  /** More output than this ends it. */
  readonly maxOutputBytes?: number;
  /** A call that takes longer is ended and throws TIMEOUT. */
  readonly deadlineMs?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Inside {
  readonly folder: string;
  readonly environment: Environment;
  readonly trust: GitTrust;
  readonly stop: AbortSignal | undefined;
}

/** The most of git's words that a Fault repeats; names in them may be of an agent's making. */
const MAX_SAID = 4_096;

/**
 * What we do for a session is not the user's commit or checkout, and an agent may have written hooks and configuration. Nor
 * is it a moment to clean up: that removes worktrees of disks that are not mounted, old reflogs and loose objects.
 */
const UNMOVED = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "gc.auto=0",
  "gc.autoPackLimit=0",
  "maintenance.auto=false",
].flatMap((setting) => ["-c", setting]);

/** Programs that only an agent would have git start here. */
const UNSIGNED = ["-c", "log.showSignature=false", "-c", "commit.gpgSign=false"];

const GUARDS: Readonly<Record<GitTrust, readonly string[]>> = {
  AsTyped: [],
  OfUser: UNMOVED,
  OfAgent: [...UNMOVED, ...UNSIGNED],
};

/** git in one folder, with the user's own configuration, as far as the folder can be trusted: see `GitTrust`. */
export class Git {
  readonly #inside: Inside;

  private constructor(inside: Inside) {
    this.#inside = inside;
  }

  /** As the user would type it: hooks, configuration, pager and language are theirs. A call is ended when `stop` aborts. */
  static asTyped(folder: string, environment: Environment, stop?: AbortSignal): Git {
    return new Git({ folder, environment, trust: "AsTyped", stop });
  }

  /** Ours, in the user's repository. It asks nothing and runs no hooks. */
  static ofUser(folder: string, environment: Environment, stop?: AbortSignal): Git {
    return new Git({ folder, environment, trust: "OfUser", stop });
  }

  /** Ours, in a tree that an agent may have shaped: besides, no capture runs a filter that its configuration names. */
  static ofAgent(folder: string, environment: Environment, stop?: AbortSignal): Git {
    return new Git({ folder, environment, trust: "OfAgent", stop });
  }

  get folder(): string {
    return this.#inside.folder;
  }

  get trust(): GitTrust {
    return this.#inside.trust;
  }

  /** The same git in another folder. */
  in(folder: string): Git {
    return new Git({ ...this.#inside, folder });
  }

  /** The same git in another folder, which an agent may have shaped. */
  inTreeOfAgent(folder: string): Git {
    return new Git({ ...this.#inside, folder, trust: "OfAgent" });
  }

  /** The same git, which nothing stops: to take back what was begun. */
  get unstopped(): Git {
    return new Git({ ...this.#inside, stop: undefined });
  }

  /** Runs to the end, whatever the exit code. */
  run(args: readonly string[], { environment, ...call }: GitCall = {}): Promise<Finished> {
    const { folder, trust, stop } = this.#inside;
    return runProcess("git", [...GUARDS[trust], ...args], {
      cwd: folder,
      environment: { ...this.#environment, ...environment },
      ...call,
      stop,
      faultCode: "REPOSITORY_UNAVAILABLE",
    });
  }

  /** What git prints, in whatever encoding; REPOSITORY_UNAVAILABLE with git's words when it fails. */
  async bytes(args: readonly string[], call?: GitCall): Promise<Buffer> {
    const { code, stdout, stderr } = await this.run(args, call);
    if (code === 0) return stdout;
    const said = cleanText(stderr.trim().replace(/^fatal: /, ""), MAX_SAID) || `exit code ${code}`;
    throw new Fault("REPOSITORY_UNAVAILABLE", `git ${args[0] ?? ""} failed in ${this.folder}: ${said}`);
  }

  /** The text that git prints, without the last newline; REPOSITORY_UNAVAILABLE with git's words when it fails. */
  async read(args: readonly string[], call?: GitCall): Promise<string> {
    return (await this.bytes(args, call)).toString().replace(/\n$/, "");
  }

  /** The same as `read`; undefined when git fails or prints nothing. */
  async ask(args: readonly string[], call?: GitCall): Promise<string | undefined> {
    const { code, stdout } = await this.run(args, call);
    const answer = stdout.toString().replace(/\n$/, "");
    return code === 0 && answer !== "" ? answer : undefined;
  }

  /** The lines that git prints. */
  async lines(args: readonly string[], call?: GitCall): Promise<readonly string[]> {
    return (await this.read(args, call)).split("\n").filter((line) => line !== "");
  }

  /** The object that a revision names; undefined when there is none. */
  async resolve(revision: string): Promise<string | undefined> {
    return await this.ask(["rev-parse", "--quiet", "--verify", revision]);
  }

  /** What git prints with `-z`: names of any bytes. */
  async names(args: readonly string[], call?: GitCall): Promise<readonly RawName[]> {
    return rawNames(await this.bytes(args, call));
  }

  /** Runs git with the terminal as its own and returns the exit code; with `shown`, what it prints goes through that. */
  show(args: readonly string[], shown?: (text: string) => string): Promise<number> {
    const { folder, trust } = this.#inside;
    const environment = this.#environment;
    return runInForeground("git", [...GUARDS[trust], ...args], { cwd: folder, environment, shown });
  }

  get #environment(): Readonly<Record<string, string>> {
    return gitEnvironment(this.#inside.environment, this.#inside.trust);
  }
}
