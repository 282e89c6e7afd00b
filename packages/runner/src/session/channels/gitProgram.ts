import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "@clauderon/base";
import type { Channel } from "@clauderon/stream";
import { lastLine } from "../../run/git/transfer.ts";
import { openProcess, type OpenProcess } from "@clauderon/process";
import type { GitService } from "../disk/workspace.ts";
import type { ChannelProgram, LastWords } from "./programChannel.ts";

/**
 * How long git may take to notice that its client has disconnected. It then removes partially received files, which
 * SIGTERM might leave.
 */
const GONE_MS = 5_000;
/** How much of git's stderr is kept. */
const SAID_CHARACTERS = 16_384;

/** A git that serves the workspace. It sees a client that disconnects as the end of its input. */
export class GitProgram implements ChannelProgram {
  readonly #serve: () => Promise<GitService>;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  #git: OpenProcess | undefined;
  #isAbandoned = false;

  /** `serve` prepares the workspace and returns the git to start. */
  constructor(serve: () => Promise<GitService>, clock: Clock) {
    this.#serve = serve;
    this.#clock = clock;
  }

  abandon(): void {
    this.#isAbandoned = true;
    void this.#endSoon();
  }

  async run(out: Channel, input: Readable): Promise<LastWords> {
    try {
      const { args, cwd, environment } = await this.#serve();
      if (this.#isAbandoned) return {};
      this.#git = await openProcess("git", args, { cwd, environment });
      return await talk(this.#git, out, input);
    } finally {
      this.#ended.abort();
    }
  }

  async #endSoon(): Promise<void> {
    await this.#clock.sleep(GONE_MS, this.#ended.signal);
    if (!this.#ended.signal.aborted) this.#git?.signal("SIGTERM");
  }
}

/** Carries all input and output until git ends. */
async function talk(git: OpenProcess, out: Channel, input: Readable): Promise<LastWords> {
  let said = "";
  git.stderr.setEncoding("utf8");
  git.stderr.on("data", (text: string) => (said = (said + text).slice(-SAID_CHARACTERS)));
  const printed = out.carry(git.stdout).catch(() => undefined);
  void pipeline(input, git.stdin).catch(() => undefined);
  const [{ code, signal }] = await Promise.all([git.exited, printed]);
  if (code === 0) return {};
  const message = signal === undefined ? lastLine(said) : `git was ended by ${signal}`;
  return { refusal: { code: "REPOSITORY_UNAVAILABLE", message } };
}
