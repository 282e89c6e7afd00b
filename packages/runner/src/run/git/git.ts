import { type Backoff, backoffMs, type Clock } from "@clauderon/base";
import type { Journal } from "../output/journal.ts";
import { GIT_UNATTENDED } from "../model/environment.ts";
import { type Finished, runProcess } from "@clauderon/process";
import { gitFailure } from "./model/gitFailure.ts";
import { lastProgress } from "./model/progress.ts";

export interface GitOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly stop: AbortSignal;
  readonly clock: Clock;
  readonly journal: Journal;
}

const RETRY: Backoff = { baseMs: 1_000, maxMs: 15_000 };
const ATTEMPTS = 4;
const PROGRESS_EVERY_MS = 5_000;

/**
 * Runs git, unattended and in English. A checkout may have been shaped by an agent before us, so neither its hooks nor
 * its file system monitor run here.
 */
export class Git {
  readonly #options: GitOptions;

  constructor(options: GitOptions) {
    this.#options = options;
  }

  /** Runs to the end, whatever the exit code. */
  run(cwd: string, args: readonly string[], onStderr: (text: string) => void = () => undefined): Promise<Finished> {
    const { environment, stop } = this.#options;
    return runProcess("git", ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", ...args], {
      cwd,
      environment: { ...environment, ...GIT_UNATTENDED, LC_ALL: "C" },
      stop,
      onStderr,
    });
  }

  /** What a question about a local repository answers; undefined when git says no. */
  async ask(cwd: string, args: readonly string[]): Promise<string | undefined> {
    const { code, stdout } = await this.run(cwd, args);
    return code === 0 ? stdout.toString().trim() : undefined;
  }

  /** Talks to a remote: shows progress, and tries again with backoff while the network is what fails. */
  async transfer(cwd: string, args: readonly string[]): Promise<Finished> {
    const { clock, journal, stop } = this.#options;
    for (let failures = 1; ; failures += 1) {
      const done = await this.run(cwd, args, this.#progress());
      const isWorthRetrying = done.code !== 0 && gitFailure(done.stderr) === "network";
      if (!isWorthRetrying || failures === ATTEMPTS || stop.aborted) return done;
      const delay = backoffMs(RETRY, failures, Math.random());
      journal.line("git", `${lastLine(done.stderr)}; trying again in ${(delay / 1_000).toFixed(1)} s`);
      await clock.sleep(delay, stop);
    }
  }

  #progress(): (text: string) => void {
    const { clock, journal } = this.#options;
    let shown = clock.now();
    return (text) => {
      const line = lastProgress(text);
      if (line === undefined || clock.now() - shown < PROGRESS_EVERY_MS) return;
      shown = clock.now();
      journal.line("git", line);
    };
  }
}

/** The line by which git says what went wrong: the last `fatal:` or `error:`, else the last of all. */
export function lastLine(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return (lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? "git said nothing").trim();
}
