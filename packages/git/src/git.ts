import { cleanText } from "@clauderon/base/clean-text";
import { Fault } from "@clauderon/base/fault";
import { runInForeground } from "@clauderon/process/foreground";
import { type Finished, runProcess } from "@clauderon/process/run";
import { isOutside } from "./isOutside.ts";
import { commandSettings, COMMANDS, withoutPlace } from "./model/commandSettings.ts";
import { damageOf } from "./model/damage.ts";
import type { Setting } from "./model/foundSettings.ts";
import { withSearchPaths } from "./model/searchPaths.ts";
import { SETTING_ARGUMENTS } from "./model/settings.ts";
import { NO_REMOTES, gitEnvironment, type GitTrust } from "./model/variables.ts";
import { commandWith } from "./rawCommand.ts";
import { type RawName, rawNames } from "./rawNames.ts";

export interface GitCall {
  /** Variables for this call only. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Receives what git writes to stderr as it arrives: its progress. */
  readonly onStderr?: (text: string) => void;
  /** The call ends when git prints more than this. */
  readonly maxOutputBytes?: number;
  /** A call that prints nothing for this long is ended and throws TIMEOUT. */
  readonly idleMs?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Inside {
  readonly folder: string;
  readonly environment: Environment;
  readonly trust: GitTrust;
  readonly stop: AbortSignal | undefined;
  /** Whether git runs no filter. Only for trees that an agent may have shaped. */
  readonly isUnfiltered?: boolean;
  /** Variables that say which repository and worktree this is. The folder itself has no say in it. */
  readonly place?: Readonly<Record<"GIT_DIR" | "GIT_WORK_TREE", string>>;
}

/** How much of git's output a Fault repeats. Names in it may come from an agent. */
const MAX_SAID = 4_096;

/**
 * A command that we run for a session is not the user's commit or checkout, so it runs no hooks, and an agent may have
 * written hooks and configuration. It also does not clean up, because that would remove worktrees on disks that are not
 * mounted, old reflogs and loose objects.
 */
const GUARDS: Readonly<Record<GitTrust, readonly string[]>> = {
  AsTyped: [],
  OfUser: SETTING_ARGUMENTS,
  InWorktree: SETTING_ARGUMENTS,
  OfAgent: SETTING_ARGUMENTS,
};

/** Commands that read no file of the tree. They run without the commands of the configuration. */
const WITHOUT_FILES: readonly string[] = [
  "check-ref-format",
  "config",
  "for-each-ref",
  "rev-parse",
  "symbolic-ref",
  "update-ref",
];

const commandOf = (args: readonly string[]) =>
  args.find((arg, index) => !arg.startsWith("-") && args[index - 1] !== "-c") ?? "";

/** git in one folder. It uses the user's configuration, as far as the folder can be trusted: see `GitTrust`. */
export class Git {
  readonly #inside: Inside;

  private constructor(inside: Inside) {
    this.#inside = inside;
  }

  /**
   * git as the user would type it, with the user's hooks, configuration, pager and language. A call ends when `stop`
   * aborts.
   */
  static asTyped(folder: string, environment: Environment, stop?: AbortSignal): Git {
    return new Git({ folder, environment, trust: "AsTyped", stop });
  }

  /** Our git in the user's repository. It asks nothing and runs no hooks. */
  static ofUser(folder: string, environment: Environment, stop?: AbortSignal): Git {
    return new Git({ folder, environment, trust: "OfUser", stop });
  }

  /**
   * Our git in a tree that an agent may have shaped, configuration included. It also runs no program that this
   * configuration names. Programs that the user's own configuration names, such as filters, run outside the tree.
   */
  static ofAgent(folder: string, environment: Environment, stop?: AbortSignal): Git {
    return new Git({ folder, environment, trust: "OfAgent", stop });
  }

  get folder(): string {
    return this.#inside.folder;
  }

  /** Whether an agent may have shaped the files it works on. */
  get isInTreeOfAgent(): boolean {
    const { trust } = this.#inside;
    return trust === "InWorktree" || trust === "OfAgent";
  }

  /** The same git in another folder. */
  in(folder: string): Git {
    return new Git({ ...this.#inside, folder });
  }

  /** The same git in another folder, which an agent may have shaped. */
  inTreeOfAgent(folder: string): Git {
    const { place: _, ...inside } = this.#inside;
    return new Git({ ...inside, folder, trust: "OfAgent" });
  }

  /**
   * The same git in a worktree of this repository whose files an agent may have shaped. `gitFolder` is the repository's
   * folder for that worktree; what the worktree says about itself does not count. If the repository itself is an
   * agent's, the trust stays `OfAgent`.
   */
  inWorktree(folder: string, gitFolder: string): Git {
    const place = { GIT_DIR: gitFolder, GIT_WORK_TREE: folder };
    return new Git({
      ...this.#inside,
      folder,
      trust: this.#inside.trust === "OfAgent" ? "OfAgent" : "InWorktree",
      place,
    });
  }

  /** The same git in an agent's tree, but it takes files as they are: it runs no filter, not even one of the system. */
  get unfiltered(): Git {
    return new Git({ ...this.#inside, isUnfiltered: true });
  }

  /** The same git, not stopped by the signal: for undoing what was begun. */
  get unstopped(): Git {
    return new Git({ ...this.#inside, stop: undefined });
  }

  /** Runs git and returns whatever its exit code is. */
  async run(args: readonly string[], call: GitCall = {}): Promise<Finished> {
    if (!this.isInTreeOfAgent) return await this.#start(args, call);
    if (WITHOUT_FILES.includes(args[0] ?? ""))
      return await this.#start(args, { ...call, environment: { ...call.environment, ...NO_REMOTES } });
    return await this.#start(args, call, await this.#commandSettings(args));
  }

  #start(args: readonly string[], call: GitCall, settings: readonly Setting[] = []): Promise<Finished> {
    const { folder, trust, stop } = this.#inside;
    const { program, args: all, environment } = commandWith(settings, [...GUARDS[trust], ...args]);
    return runProcess(program, all, {
      ...call,
      cwd: folder,
      environment: this.#searchable({ ...this.#environment, ...environment, ...call.environment }),
      stop,
      faultCode: "REPOSITORY_UNAVAILABLE",
    });
  }

  /** git's output in any encoding. Throws REPOSITORY_UNAVAILABLE with git's message if it fails. */
  async bytes(args: readonly string[], call?: GitCall): Promise<Buffer> {
    const { code, stdout, stderr } = await this.run(args, call);
    if (code === 0) return stdout;
    throw this.#failure(commandOf(args), stderr, code);
  }

  /** git's output as text, without the last newline. Throws REPOSITORY_UNAVAILABLE with git's message if it fails. */
  async read(args: readonly string[], call?: GitCall): Promise<string> {
    return (await this.bytes(args, call)).toString().replace(/\n$/, "");
  }

  /** Like `read`; undefined if git fails or prints nothing. */
  async ask(args: readonly string[], call?: GitCall): Promise<string | undefined> {
    const { code, stdout } = await this.run(args, call);
    const answer = stdout.toString().replace(/\n$/, "");
    return code === 0 && answer !== "" ? answer : undefined;
  }

  /** The lines of git's output. */
  async lines(args: readonly string[], call?: GitCall): Promise<readonly string[]> {
    return (await this.read(args, call)).split("\n").filter((line) => line !== "");
  }

  /** The object that a revision names; undefined if there is none. */
  async resolve(revision: string): Promise<string | undefined> {
    return await this.ask(["rev-parse", "--quiet", "--verify", revision]);
  }

  /** The names that git prints with `-z`, in any encoding. */
  async names(args: readonly string[], call?: GitCall): Promise<readonly RawName[]> {
    return rawNames(await this.bytes(args, call));
  }

  /** Runs git on the terminal and returns the exit code. `shown` filters what it prints. */
  show(args: readonly string[], shown?: (text: string) => string): Promise<number> {
    const { folder, trust } = this.#inside;
    const environment = this.#searchable(this.#environment);
    return runInForeground("git", [...GUARDS[trust], ...args], { cwd: folder, environment, shown });
  }

  /** Replacements for the commands that git's configuration now names, for a call with these arguments. */
  async #commandSettings(args: readonly string[]): Promise<readonly Setting[]> {
    const { code, stdout, stderr } = await this.#start(["config", "--show-scope", "-z", "--get-regexp", COMMANDS], {
      environment: NO_REMOTES,
    });
    // Exit code 1: no such setting.
    if (code > 1) throw this.#failure(commandOf(args), stderr, code);
    const owner = this.#inside.trust === "InWorktree" ? "UserAndRepository" : "User";
    return commandSettings(stdout.toString("latin1"), this.#inside.isUnfiltered === true ? "Nobody" : owner);
  }

  get #environment(): Readonly<Record<string, string>> {
    const { environment, trust, place } = this.#inside;
    return { ...gitEnvironment(environment, trust), ...place };
  }

  #searchable(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return withSearchPaths(environment, (path) => !this.isInTreeOfAgent || isOutside(path, this.folder));
  }

  #failure(command: string, stderr: string, code: number): Fault {
    const damage = damageOf(stderr, this.folder, this.isInTreeOfAgent);
    if (damage !== undefined) {
      return new Fault("REPOSITORY_UNAVAILABLE", cleanText(damage.message, MAX_SAID), { hint: damage.hint });
    }
    const words = withoutPlace(stderr);
    const said = cleanText(words.trim().replace(/^fatal: /, ""), MAX_SAID) || `exit code ${code}`;
    const hint =
      words === stderr
        ? {}
        : {
            hint: "A filter of your git configuration failed. It runs in /: give its program by name or absolute path",
          };
    return new Fault("REPOSITORY_UNAVAILABLE", `git ${command} failed in ${this.folder}: ${said}`, hint);
  }
}
