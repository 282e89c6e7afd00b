import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createWorktree, Git, removeWorktree, sessionRefs } from "@clauderon/git";
import type { Pulled, Pushed } from "@clauderon/protocol";
import { onTestFinished } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { PodGit } from "../../../packages/daemon/src/kubernetes/podGit.ts";
import { GitSessionWork } from "../../../packages/daemon/src/work/gitSessionWork.ts";
import { gitAt, type GitAt } from "../../kit/repositories/gitAt.ts";
import { Gateway } from "../runnerSession/gateway.ts";
import { SessionProcess } from "../runnerSession/sessionProcess.ts";
import type { ViewerClient } from "../runnerSession/viewerClient.ts";

const HELPER = createRequire(import.meta.url).resolve("@clauderon/git-remote/helper");
const { signal } = new AbortController();
const quiet = () => undefined;

const NAME = "brave-otter";
export const REFS = sessionRefs(NAME);

/** Where sessions run: a worktree on this machine, or a repository of its own behind a real runner, as in a pod. */
export const BACKENDS = ["local", "kubernetes"] as const;

type Asked = Readonly<Record<string, unknown>>;

export interface PlaceOptions {
  readonly backend: (typeof BACKENDS)[number];
  /** The user's repository. */
  readonly repository: string;
  /** The user's HOME, with their configuration; the runner has the same, as an agent can write it. */
  readonly home?: string;
  /** PATH of the user. */
  readonly path?: string;
  /** What the runner of a pod has besides. */
  readonly podEnvironment?: Readonly<Record<string, string>>;
  readonly objectFormat?: "sha1" | "sha256";
  /** `[sync] include`. */
  readonly include?: readonly string[];
  /** `[sync] submodules`. */
  readonly submodules?: boolean;
}

/** A session's work as the daemon handles it, from create to delete, on either backend; only its agent is missing. */
export abstract class SessionPlace {
  readonly mine: GitAt;
  protected readonly options: PlaceOptions;
  protected session: SessionRecord;
  readonly #work: GitSessionWork;
  readonly #home: string;
  notices: readonly string[] = [];

  static async begin(options: PlaceOptions): Promise<SessionPlace> {
    const sockets: Record<string, string> = {};
    const { home } = await Gateway.start(sockets);
    const place: SessionPlace =
      options.backend === "local" ? new WorktreePlace(options, home) : new RunnerPlace(options, home, sockets);
    const { commit, notices } = await place.#work.capture(place.session, signal);
    place.session = { ...place.session, commit };
    place.notices = notices;
    await place.make();
    return place;
  }

  constructor(options: PlaceOptions, home: string) {
    const { repository, backend } = options;
    this.options = options;
    this.#home = home;
    this.mine = gitAt(repository);
    const environment = { PATH: options.path ?? process.env["PATH"], HOME: options.home ?? "/nonexistent" };
    const { include = [], submodules = false } = options;
    this.#work = new GitSessionWork({
      home,
      environment,
      worktree: () => this.checkout,
      folder: () => this.folder,
      include,
      submodules,
    });
    const spec = {
      backend,
      agent: "claude-code" as const,
      repository,
      branch: `clauderon/${NAME}`,
      baseCommit: this.mine.run("rev-parse", "HEAD"),
      worktree: true,
      sandbox: false,
      permissionMode: "default" as const,
      accessMode: "ReadWrite" as const,
    };
    this.session = { name: NAME, uid: randomUUID(), createdTime: "2026-01-01T00:00:00Z", spec, commit: "" };
  }

  /** Where the agent works. */
  abstract get checkout(): string;

  /** A client of the runner; a worktree has none here. */
  abstract connect(): Promise<ViewerClient>;

  /** What goes with the session. */
  get folder(): string {
    return dirname(this.checkout);
  }

  /** Loses the place with all that is in it. */
  abstract lose(): Promise<void>;

  protected abstract make(): Promise<void>;

  protected abstract remove(): Promise<void>;

  protected abstract ask(request: Asked): Promise<never>;

  /** git as the agent runs it. */
  get theirs(): GitAt {
    return gitAt(this.checkout);
  }

  async pull(): Promise<Pulled> {
    return await this.#work.pull(this.session, signal);
  }

  async push(): Promise<Pushed> {
    const link = { connection: { ask: (request: Asked) => this.ask(request) } };
    return await this.#work.push(this.session, { link, signal, progress: quiet });
  }

  async recreate(): Promise<string | undefined> {
    const { commit, rescuedRef } = await this.#work.continue(this.session, signal);
    this.session = { ...this.session, commit };
    await this.make();
    return rescuedRef;
  }

  /** Deletes the session; returns where its work was rescued. */
  async end(): Promise<string | undefined> {
    const rescuedRef = await this.#work.rescue(this.session, signal);
    await this.remove();
    await this.#work.forget(this.session);
    return rescuedRef;
  }

  protected async send(): Promise<void> {
    await this.#work.send(this.session, signal, quiet);
  }

  /** The environment in which the user's git reaches the session. */
  get userEnvironment(): Readonly<Record<string, string>> {
    return {
      PATH: `${dirname(HELPER)}:${process.env["PATH"] ?? ""}`,
      HOME: this.options.home ?? "/nonexistent",
      CLAUDERON_NODE: process.execPath,
      CLAUDERON_HOME: this.#home,
    };
  }
}

class WorktreePlace extends SessionPlace {
  readonly #folder = scratchFolder();

  get checkout(): string {
    return join(this.#folder, "work");
  }

  async lose(): Promise<void> {
    rmSync(this.checkout, { recursive: true });
    return Promise.resolve();
  }

  protected async make(): Promise<void> {
    await createWorktree(this.#git, this.#place, this.session.commit);
  }

  protected async remove(): Promise<void> {
    await removeWorktree(this.#git, { ...this.#place, around: this.folder });
    rmSync(this.folder, { recursive: true });
  }

  connect(): Promise<never> {
    throw new Error("A session in a worktree has no runner to ask");
  }

  protected ask(): Promise<never> {
    return this.connect();
  }

  get #git(): Git {
    const { repository, home = "/nonexistent" } = this.options;
    return Git.ofUser(repository, { PATH: process.env["PATH"], HOME: home });
  }

  get #place() {
    return { path: this.checkout, branch: this.session.spec.branch, owner: this.session.uid };
  }
}

class RunnerPlace extends SessionPlace {
  readonly #sockets: Record<string, string>;
  #runner: SessionProcess | undefined;
  #request = 0;

  constructor(options: PlaceOptions, home: string, sockets: Record<string, string>) {
    super(options, home);
    this.#sockets = sockets;
  }

  get checkout(): string {
    return join(this.#runner?.folder ?? "", "work");
  }

  connect(): Promise<ViewerClient> {
    return this.#process.connect();
  }

  async lose(): Promise<void> {
    const { folder } = this.#process;
    await this.remove();
    rmSync(folder, { recursive: true, force: true });
  }

  protected async make(): Promise<void> {
    const { objectFormat = "sha1", repository, home: HOME, podEnvironment = {} } = this.options;
    const podGit = new PodGit({ PATH: process.env["PATH"], HOME: HOME ?? "/nonexistent" });
    const git = await podGit.settings(repository);
    const session = {
      session: NAME,
      branch: this.session.spec.branch,
      autostart: false,
      objectFormat,
      git,
      variables: Object.keys(podEnvironment),
    };
    const environment = {
      ...(await podGit.identity(repository)),
      ...(HOME === undefined ? {} : { HOME }),
      ...podEnvironment,
    };
    this.#runner = new SessionProcess({ session, work: "none", environment });
    this.#sockets[NAME] = this.#runner.socket;
    await this.#runner.connect();
    await this.send();
    await this.ask({ type: "checkout", commit: this.session.commit, branch: this.session.spec.branch });
  }

  protected async remove(): Promise<void> {
    this.#process.signal("SIGKILL");
    await this.#process.exited;
  }

  protected async ask(request: Asked): Promise<never> {
    const client = await this.#process.connect();
    this.#request += 1;
    const answer = await client.request({ ...request, id: this.#request } as never);
    client.close();
    if (answer.type !== "done") throw new Error(JSON.stringify(answer));
    return answer as never;
  }

  get #process(): SessionProcess {
    if (this.#runner === undefined) throw new Error("The session has no place");
    return this.#runner;
  }
}

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "place-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
