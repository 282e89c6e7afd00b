import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Fault } from "@clauderon/base";
import {
  captureWork,
  forwardCheckout,
  Git,
  gitEnvironment,
  readWork,
  receivePackArguments,
  restoreWork,
  uploadPackArguments,
} from "@clauderon/git";
import { type Forwarding, INCOMING_REF, type RunnerSession, WORK_REF } from "@clauderon/protocol";
import { writeRepositoryFiles } from "./agentGit.ts";
import { gitFolderOn } from "./gitFolderOn.ts";
import type { SessionFolder } from "./sessionFolder.ts";

/** Keeps what the workspace held before other work replaced it. */
const BEFORE_REF = "refs/clauderon/before";
/** The largest push into a session. */
const MAX_PUSH_BYTES = 64 * 1024 ** 3;

export interface WorkspaceOptions {
  readonly session: RunnerSession;
  readonly folder: SessionFolder;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (message: string) => void;
}

/** A git process for the workspace, whose standard streams another side uses. */
export interface GitService {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The session's repository, where the agent works. Operations run one after the other, and only `checkout` and
 * `forward` use the agent's own index.
 */
export class Workspace {
  readonly #options: WorkspaceOptions;
  readonly #git: Git;
  readonly #path: string;
  readonly #workRef: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: WorkspaceOptions) {
    const { session, environment } = options;
    this.#options = options;
    this.#path = session.workingDirectory;
    this.#workRef = session.workRef ?? WORK_REF;
    const git = Git.ofAgent(this.#path, environment);
    // In a repository of its own, what a filter of the image takes out of a file would be lost with it.
    this.#git = session.workRef === undefined ? git.unfiltered : git;
  }

  /** Whether the repository exists yet. */
  get exists(): boolean {
    return existsSync(join(this.#path, ".git"));
  }

  /** Captures the current work to the work's ref; returns the commit. */
  capture(): Promise<string> {
    return this.#inTurn(() => this.#capture(this.#workRef));
  }

  /**
   * Makes the workspace from pushed work, unless this was already done for this commit. A ref keeps its previous
   * content.
   */
  checkout(commit: string, branch: string): Promise<void> {
    return this.#inTurn(() => this.#checkout(commit, branch));
  }

  /** Moves branch and files to a commit that the repository has, unless something is in the way. */
  forward(commit: string): Promise<Forwarding> {
    return this.#inTurn(() => forwardCheckout(this.#git, this.#branch, commit));
  }

  /**
   * The git process for a fetch, after capturing the current work, or for a push, after creating the repository if
   * needed.
   */
  serve(service: "upload-pack" | "receive-pack"): Promise<GitService> {
    return this.#inTurn(async () => {
      const environment = gitEnvironment(this.#options.environment, "OfAgent");
      if (service === "receive-pack") {
        await this.#init();
        return { args: receivePackArguments(INCOMING_REF, MAX_PUSH_BYTES), cwd: this.#path, environment };
      }
      await this.#capture(this.#workRef);
      const cwd = this.#options.folder.serving;
      await gitFolderOn(this.#git, cwd, this.#branch);
      return { args: uploadPackArguments([`refs/heads/${this.#branch}`, this.#workRef]), cwd, environment };
    });
  }

  get #branch(): string {
    const { session, folder } = this.#options;
    return session.branch ?? folder.readCheckout()?.branch ?? `clauderon/${session.session}`;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #init(): Promise<void> {
    if (!this.exists) {
      mkdirSync(this.#path, { recursive: true });
      const { objectFormat, git } = this.#options.session;
      await this.#git.read(["init", "--quiet", "--initial-branch=main", `--object-format=${objectFormat}`]);
      writeRepositoryFiles(join(this.#path, ".git"), git);
    }
    await this.#holdIncoming();
  }

  /** git lets a push to a ref create refs below it; an existing ref leaves no room for them. */
  async #holdIncoming(): Promise<void> {
    const git = this.#git;
    if ((await git.resolve(INCOMING_REF)) !== undefined) return;
    const nothing = await git.read(["hash-object", "-w", "-t", "tree", "--stdin"], { stdin: "" });
    await git.read(["update-ref", INCOMING_REF, nothing]);
  }

  async #capture(ref: string): Promise<string> {
    if (!this.exists) {
      throw new Fault("REPOSITORY_UNAVAILABLE", `There is no repository in ${this.#path} yet`, {
        hint: "The session's work has not arrived: see clauderon show",
      });
    }
    const { session, log } = this.#options;
    const { commit, notices } = await captureWork(this.#git, {
      ref,
      include: session.include,
      // The session's own repository is deleted with it, so all of it must be captured.
      scope: session.workRef === undefined ? "Repository" : "Checkout",
      repositories: session.workRef === undefined ? "Kept" : "Named",
      // Its volume goes too.
      around: dirname(this.#path),
    });
    for (const notice of notices) log(notice);
    return commit;
  }

  async #checkout(commit: string, branch: string): Promise<void> {
    const { folder, log } = this.#options;
    const mark = folder.readCheckout();
    const isSame = mark?.commit === commit && mark.branch === branch;
    if (isSame && mark.isDone) return;
    if (!this.exists) throw new Fault("REPOSITORY_UNAVAILABLE", `Nothing was pushed to ${this.#path} yet`);
    const { head } = await readWork(this.#git, commit);
    await this.#git.read(["check-ref-format", `refs/heads/${branch}`]);
    // A checkout that was interrupted left an incomplete state, which is nobody's work.
    if (!isSame) await this.#keepBefore();
    folder.writeCheckout({ commit, branch, isDone: false });
    await this.#moveTo(branch, head);
    await restoreWork(this.#git, commit);
    folder.writeCheckout({ commit, branch, isDone: true });
    log(`Branch ${branch} begins with commit ${head ?? "none"}, work ${commit}`);
  }

  /** Keeps the current content, and adds all of it to the index, so that the next checkout removes every file of it. */
  async #keepBefore(): Promise<void> {
    const head = await this.#git.resolve("HEAD");
    if (head === undefined) return;
    const before = await this.#capture(BEFORE_REF);
    await this.#git.read(["read-tree", "--reset", before]);
  }

  async #moveTo(branch: string, head: string | undefined): Promise<void> {
    const gitFolder = await this.#git.read(["rev-parse", "--absolute-git-dir"]);
    // Nothing else works here now: the lock is from a git that was killed.
    for (const lock of ["index.lock", "HEAD.lock", `refs/heads/${branch}.lock`]) {
      rmSync(join(gitFolder, lock), { force: true, recursive: true });
    }
    await this.#git.read(["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
    if (head !== undefined) await this.#git.read(["update-ref", "--create-reflog", `refs/heads/${branch}`, head]);
  }
}
