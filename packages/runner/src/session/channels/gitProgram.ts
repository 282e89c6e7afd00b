import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "@clauderon/base";
import type { Channel } from "@clauderon/stream";
import { lastLine } from "../../run/git/transfer.ts";
import { openProcess, type OpenProcess } from "@clauderon/process";
import type { GitService } from "../disk/workspace.ts";
import type { ChannelProgram, LastWords } from "./programChannel.ts";

/** How long a git may take to see that its client has gone. It then removes what arrived partially, which SIGTERM might leave. */
const GONE_MS = 5_000;
/** What is kept of git's words on stderr. */
const SAID_CHARACTERS = 16_384;

/** A git that serves the workspace. For it, a client that goes away is the end of its input. */
export class GitProgram implements ChannelProgram {
  readonly #serve: () => Promise<GitService>;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  #git: OpenProcess | undefined;
  #isAbandoned = false;

  /** `serve` gets ready, and says which git to start. */
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

/** Carries everything until the git ends. */
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
