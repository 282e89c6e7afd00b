import { type Backoff, backoffMs, type Clock } from "@clauderon/base";
import type { Git } from "@clauderon/git";
import type { Finished } from "@clauderon/process";
import type { Journal } from "../output/journal.ts";
import { gitFailure } from "./model/gitFailure.ts";
import { lastProgress } from "./model/progress.ts";

export interface TransferOptions {
  readonly stop: AbortSignal;
  readonly clock: Clock;
  readonly journal: Journal;
}

const RETRY: Backoff = { baseMs: 1_000, maxMs: 15_000 };
const ATTEMPTS = 4;
const PROGRESS_EVERY_MS = 5_000;

/**
 * Our git in an agent's tree normally reaches no remote. This one asks the git host for what the run needs, but never by
 * `ext::`, which is a command, even if the tree's configuration rewrites the URL to that.
 */
const REACH = { GIT_ALLOW_PROTOCOL: "http:https:ssh:file", GIT_NO_LAZY_FETCH: "0" } as const;

/** Talks to a remote, shows progress, and tries again with backoff after a network error. */
export async function transfer(git: Git, args: readonly string[], options: TransferOptions): Promise<Finished> {
  const { clock, journal, stop } = options;
  for (let failures = 1; ; failures += 1) {
    const done = await git.run(args, { environment: REACH, onStderr: progressTo(options) });
    const isWorthRetrying = done.code !== 0 && gitFailure(done.stderr) === "network";
    if (!isWorthRetrying || failures === ATTEMPTS || stop.aborted) return done;
    const delay = backoffMs(RETRY, failures, Math.random());
    journal.line("git", `${lastLine(done.stderr)}; trying again in ${(delay / 1_000).toFixed(1)} s`);
    await clock.sleep(delay, stop);
  }
}

function progressTo({ clock, journal }: TransferOptions): (text: string) => void {
  let shown = clock.monotonic();
  return (text) => {
    const line = lastProgress(text);
    if (line === undefined || clock.monotonic() - shown < PROGRESS_EVERY_MS) return;
    shown = clock.monotonic();
    journal.line("git", line);
  };
}

/** The line in which git says what failed: the last `fatal:` or `error:`, otherwise the last line. */
export function lastLine(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return (lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? "git said nothing").trim();
}
