import { pipeline } from "node:stream/promises";
import { type Clock, Fault, faultText, messageOf } from "@clauderon/base";
import { lastLine } from "../../run/git/transfer.ts";
import { openProcess, type OpenProcess } from "@clauderon/process";
import type { Channel, FrameSink } from "./channel.ts";
import { Inflow } from "./inflow.ts";
import { Outflow } from "./outflow.ts";
import type { GitService } from "../disk/workspace.ts";

/** How long a git may take to see that its client has gone; it then takes away what came by halves, which SIGTERM might leave. */
const GONE_MS = 5_000;
/** What is kept of git's words on stderr. */
const SAID_CHARACTERS = 16_384;

export interface GitChannelOptions {
  readonly channel: number;
  readonly sink: FrameSink;
  readonly clock: Clock;
  /** Gets ready, and tells the git to start; its Fault closes the channel. */
  readonly serve: () => Promise<GitService>;
}

/** The standard streams of a git in the workspace on a channel. A client that goes away is the end of its input. */
export class GitChannel implements Channel {
  readonly #options: GitChannelOptions;
  readonly #out: Outflow;
  readonly #in: Inflow;
  #git: OpenProcess | undefined;
  #isClosed = false;
  /** The git is gone. */
  readonly ended: Promise<void>;

  constructor(options: GitChannelOptions) {
    this.#options = options;
    this.#out = new Outflow(options.channel, options.sink);
    this.#in = new Inflow(options.channel, options.sink);
    this.ended = this.#run();
  }

  grant(bytes: number): void {
    this.#out.grant(bytes);
  }

  take(bytes: Uint8Array): void {
    this.#in.take(bytes);
  }

  takeEnd(): void {
    this.#in.end();
  }

  resize(): void {
    // It has no terminal.
  }

  update(): void {
    this.#out.update();
  }

  close(): void {
    this.#isClosed = true;
    this.#out.drop();
    this.#in.end();
    void this.#endSoon();
  }

  async #endSoon(): Promise<void> {
    const gone = new AbortController();
    void this.ended.then(() => gone.abort());
    await this.#options.clock.sleep(GONE_MS, gone.signal);
    if (!gone.signal.aborted) this.#git?.signal("SIGTERM");
  }

  async #run(): Promise<void> {
    const { channel, sink, serve } = this.#options;
    try {
      const { args, cwd, environment } = await serve();
      if (this.#isClosed) return;
      const reason = await this.#talk(await openProcess("git", args, { cwd, environment }));
      if (!this.#isClosed) sink.end(channel, reason);
    } catch (thrown) {
      if (!this.#isClosed) sink.end(channel, thrown instanceof Fault ? faultText(thrown) : messageOf(thrown));
    }
  }

  /** Carries everything until the git ends; why it failed, if it did. */
  async #talk(git: OpenProcess): Promise<string | undefined> {
    this.#git = git;
    let said = "";
    git.stderr.setEncoding("utf8");
    git.stderr.on("data", (text: string) => (said = (said + text).slice(-SAID_CHARACTERS)));
    git.stdout.on("data", (bytes: Uint8Array) => this.#out.push(bytes, git.stdout));
    const printed = new Promise((resolve) => git.stdout.once("close", resolve));
    void pipeline(this.#in.stream, git.stdin).catch(() => undefined);
    const [{ code, signal }] = await Promise.all([git.exited, printed]);
    await this.#out.finish();
    return code === 0 ? undefined : signal === undefined ? lastLine(said) : `git was ended by ${signal}`;
  }
}
