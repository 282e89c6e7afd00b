import {
  captureWork,
  type FetchedWork,
  fetchWork,
  pushWork,
  restoreWork,
  type SessionRemote,
  sessionRefs,
} from "@clauderon/git";
import { INCOMING_REF, WORK_REF } from "@clauderon/protocol";
import { onTestFinished } from "vitest";
import { FakeDaemon, type FakeDaemonOptions } from "./fakeDaemon.ts";
import { ScratchRepository } from "./scratchRepository.ts";

export const SESSION = "brave-otter";
export const REFS = sessionRefs(SESSION);

/** A user's repository, the repository of a session, and the way between them. */
export class SessionWorld {
  readonly mine: ScratchRepository;
  readonly theirs: ScratchRepository;
  readonly #daemon: FakeDaemon;

  private constructor(mine: ScratchRepository, theirs: ScratchRepository, daemon: FakeDaemon) {
    this.mine = mine;
    this.theirs = theirs;
    this.#daemon = daemon;
  }

  /** A session that has begun with the work of this repository. */
  static async begin(mine: ScratchRepository, ...init: readonly string[]): Promise<SessionWorld> {
    const theirs = new ScratchRepository(...init);
    theirs.run("config", "receive.shallowUpdate", "true");
    const daemon = await new FakeDaemon({ [SESSION]: theirs.path }).start();
    onTestFinished(() => daemon.stop());
    const world = new SessionWorld(mine, theirs, daemon);
    const { commit, head } = await captureWork(mine.git, { ref: REFS.incoming });
    await pushWork(mine.git, world.remote, { commit, ref: INCOMING_REF });
    theirs.run("symbolic-ref", "HEAD", REFS.branch);
    if (head !== undefined) theirs.run("update-ref", REFS.branch, head);
    await restoreWork(theirs.git, commit);
    return world;
  }

  get remote(): SessionRemote {
    return { session: SESSION, home: this.#daemon.home, path: process.env["PATH"] ?? "", maxBytes: 50_000_000 };
  }

  /** How git names the session. */
  readonly url = `clauderon::${SESSION}`;

  set daemonOptions(options: FakeDaemonOptions) {
    this.#daemon.options = options;
  }

  /** Captures the session's state as its runner does. */
  async capture(): Promise<string> {
    return (await captureWork(this.theirs.git, { ref: WORK_REF, scope: "Repository", repositories: "Kept" })).commit;
  }

  async fetch(remote: Partial<SessionRemote> = {}): Promise<FetchedWork> {
    return await fetchWork(this.mine.git, { ...this.remote, ...remote });
  }

  /** Captures and fetches. */
  async pull(): Promise<FetchedWork> {
    await this.capture();
    return await this.fetch();
  }

  /** The agent commits a file. */
  commit(name: string, text = `${name}\n`): string {
    this.theirs.write(name, text);
    this.theirs.run("add", name);
    this.theirs.run("commit", "--quiet", "--message", `Add ${name}`);
    return this.theirs.tip("HEAD");
  }
}
