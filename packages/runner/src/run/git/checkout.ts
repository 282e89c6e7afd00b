import { access, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "@clauderon/base";
import type { Git } from "@clauderon/git";
import type { Finished } from "@clauderon/process";
import { lastLine, transfer, type TransferOptions } from "./transfer.ts";
import { credentialConfig, credentialKeys, type GitConfigEntry } from "./model/credential.ts";
import { gitFailure } from "./model/gitFailure.ts";
import { type Repository, repositoryUrl } from "./model/repositoryUrl.ts";

export interface CheckoutOptions extends TransferOptions {
  readonly git: Git;
  readonly workspace: string;
  readonly gitHost: string;
  /** Folder with `<Repository name>/token` files. */
  readonly gitTokens: string | undefined;
}

/**
 * Makes `<workspace>/<name>` a checkout of the repository and returns its path.
 *
 * What is there already is never lost: a checkout of an earlier run is brought to the Repository's branch (the remote's
 * default one unless it names a ref) only when it is clean and everything in it is pushed; a linked worktree is used as
 * it is. A clone appears complete or not at all.
 * REPOSITORY_UNAVAILABLE names the repository and whether its token, its name or the network is to blame.
 */
export async function prepareCheckout(repository: Repository, options: CheckoutOptions): Promise<string> {
  const checkout = await Checkout.at(repository, options);
  const entry = await stat(join(checkout.folder, ".git")).catch(() => undefined);
  if (entry === undefined) await checkout.clone();
  else if (entry.isFile()) options.journal.line("git", `${checkout.title}: using the worktree at ${checkout.folder}`);
  else await checkout.refresh();
  return checkout.folder;
}

/** The `git config` entries that give git the repository's token, when it has one. */
export async function credentialsFor(
  repository: Repository,
  { gitHost, gitTokens }: Pick<CheckoutOptions, "gitHost" | "gitTokens">,
): Promise<readonly GitConfigEntry[]> {
  if (gitTokens === undefined) return [];
  const file = join(gitTokens, repository.name, "token");
  const hasToken = await access(file).then(
    () => true,
    () => false,
  );
  return hasToken ? credentialConfig(repositoryUrl(gitHost, repository), file) : [];
}

class Checkout {
  readonly folder: string;
  /** `owner/repo`, as the user wrote it. */
  readonly title: string;
  readonly #repository: Repository;
  readonly #credentials: readonly GitConfigEntry[];
  readonly #options: CheckoutOptions;

  private constructor(repository: Repository, credentials: readonly GitConfigEntry[], options: CheckoutOptions) {
    this.#repository = repository;
    this.#credentials = credentials;
    this.#options = options;
    this.folder = join(options.workspace, repository.name);
    this.title = `${repository.owner}/${repository.repo}`;
  }

  static async at(repository: Repository, options: CheckoutOptions): Promise<Checkout> {
    return new Checkout(repository, await credentialsFor(repository, options), options);
  }

  get #git(): Git {
    return this.#options.git.in(this.folder);
  }

  get #url(): string {
    return repositoryUrl(this.#options.gitHost, this.#repository);
  }

  async clone(): Promise<void> {
    const { git, journal, workspace } = this.#options;
    const partial = `${this.folder}.partial`;
    await mkdir(workspace, { recursive: true });
    await rm(partial, { recursive: true, force: true });
    journal.line("git", `${this.title}: cloning ${this.#url}`);
    const config = this.#credentials.flatMap(([key, value]) => ["--config", `${key}=${value}`]);
    const branch = this.#repository.ref === undefined ? [] : [`--branch=${this.#repository.ref}`];
    const args = ["clone", "--progress", "--no-single-branch", ...branch, ...config, "--", this.#url, partial];
    const cloned = await transfer(git.in(workspace), args, this.#options);
    if (cloned.code !== 0) throw this.#unavailable("clone", cloned);
    await rename(partial, this.folder).catch((cause: unknown) => {
      throw this.#fault(
        `${this.folder} exists and is not a git checkout`,
        "Move it away, or rename the Repository",
        cause,
      );
    });
    journal.line("git", `${this.title}: cloned, ${await this.#position()}`);
  }

  async refresh(): Promise<void> {
    const { journal } = this.#options;
    await this.#requireSameOrigin();
    for (const key of credentialKeys(this.#url)) await this.#git.run(["config", "--unset-all", key]);
    for (const [key, value] of this.#credentials) await this.#git.run(["config", "--add", key, value]);
    const reason = await this.#unsavedWork();
    if (reason !== undefined) {
      journal.line("git", `${this.title}: left as the last run left it (${reason}), ${await this.#position()}`);
      return;
    }
    const fetched = await transfer(this.#git, ["fetch", "--progress", "origin"], this.#options);
    if (fetched.code !== 0) throw this.#unavailable("fetch", fetched);
    const outcome = (await this.#fastForward()) ? "brought up to date" : "left as the last run left it";
    journal.line("git", `${this.title}: ${outcome}, ${await this.#position()}`);
  }

  async #requireSameOrigin(): Promise<void> {
    const origin = await this.#git.ask(["config", "--get", "remote.origin.url"]);
    if (origin === this.#url) return;
    const message = `${this.folder} is a checkout of ${origin ?? "nothing known"}`;
    throw this.#fault(message, "Give the Repository another name, or delete that folder from the persistent volume");
  }

  async #unsavedWork(): Promise<string | undefined> {
    const git = this.#git;
    // A git that cannot say is no reason to move on.
    const saysNothing = async (args: readonly string[]) => {
      const { code, stdout } = await git.run(args);
      return code === 0 && stdout.length === 0;
    };
    if (!(await saysNothing(["status", "--porcelain"]))) return "it has changes that are not committed";
    const unpushed = ["rev-list", "-1", "HEAD", "--branches", "--not", "--remotes"];
    if (!(await saysNothing(unpushed))) return "it has commits that are not pushed";
    const stash = await git.ask(["rev-parse", "--verify", "--quiet", "refs/stash"]);
    return stash === undefined ? undefined : "it has stashed changes";
  }

  async #fastForward(): Promise<boolean> {
    const git = this.#git;
    const branch = this.#repository.ref ?? (await this.#defaultBranch());
    if (branch === undefined) return false;
    const switched = await git.run(["checkout", "--quiet", branch, "--"]);
    const merged = await git.run(["merge", "--quiet", "--ff-only", `refs/remotes/origin/${branch}`]);
    return switched.code === 0 && merged.code === 0;
  }

  async #defaultBranch(): Promise<string | undefined> {
    const git = this.#git;
    await transfer(git, ["remote", "set-head", "origin", "--auto"], this.#options);
    const remote = await git.ask(["symbolic-ref", "--short", "refs/remotes/origin/HEAD"]);
    return remote?.replace(/^origin\//, "");
  }

  async #position(): Promise<string> {
    const git = this.#git;
    const branch = (await currentBranch(git)) ?? "no branch";
    const commit = await git.ask(["rev-parse", "--short", "--verify", "--quiet", "HEAD"]);
    return commit === undefined ? `${branch}, no commit yet` : `${branch} at ${commit}`;
  }

  #unavailable(verb: string, { stderr }: Finished): Fault {
    const name = this.#repository.name;
    const cause = lastLine(stderr);
    const kind = gitFailure(stderr);
    if (kind === "auth" && this.#credentials.length > 0) {
      const hint = `Check the Secret that tokenSecretRef of Repository "${name}" names: its token must be able to read ${this.title}`;
      return this.#fault(`the git host refused the token of Repository "${name}"`, hint, cause);
    }
    if (kind === "auth") {
      const hint = `If ${this.title} is private, set tokenSecretRef of Repository "${name}"`;
      return this.#fault(`the git host requires a token and Repository "${name}" does not name one`, hint, cause);
    }
    if (kind === "notFound") {
      const hint = `Check owner and name of Repository "${name}", and that its token may see it`;
      return this.#fault(`${this.#options.gitHost} has no such repository`, hint, cause);
    }
    const { ref } = this.#repository;
    if (ref !== undefined && /Remote branch .* not found/.test(cause)) {
      return this.#fault(`it has no branch "${ref}"`, `Check ref of Repository "${name}"`, cause);
    }
    return this.#fault(`git ${verb}: ${cause}`, `Check that ${this.#options.gitHost} can be reached from here`);
  }

  #fault(what: string, hint: string, cause?: unknown): Fault {
    return new Fault("REPOSITORY_UNAVAILABLE", `Cannot check out ${this.title}: ${what}`, { hint, cause });
  }
}

/** The branch that is checked out; undefined when HEAD is detached or the folder is no checkout. */
export function currentBranch(git: Git): Promise<string | undefined> {
  return git.ask(["symbolic-ref", "--short", "--quiet", "HEAD"]);
}
