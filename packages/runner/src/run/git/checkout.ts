import { access, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "@clauderon/base";
import type { Git } from "@clauderon/git";
import type { Finished } from "@clauderon/process";
import { removeStaleLocks } from "./staleLocks.ts";
import { findUpstream, markBase, moveTo, ownWork } from "./upstream.ts";
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

/** A checkout in the workspace. */
export interface PreparedCheckout {
  readonly folder: string;
  /** The branch and commit that the agent finds there, and why. */
  readonly position: string;
  /** Whether it is a worktree of a repository of the user's. */
  readonly isOfUser: boolean;
}

/**
 * Makes `<workspace>/<name>` a checkout of the repository.
 *
 * Nothing in it is ever lost. If an earlier run's agent left work there that upstream never had, committed or not,
 * nothing changes. Otherwise the checkout is updated to the Repository's ref (by default the remote's default branch),
 * even after a forced push; commits that upstream dropped go to `refs/clauderon/kept`. A linked worktree is used as it
 * is. A clone appears completely or not at all. Locks of a killed git are removed. REPOSITORY_UNAVAILABLE names the
 * repository and says whether its token, its name or the network is the cause.
 */
export async function prepareCheckout(repository: Repository, options: CheckoutOptions): Promise<PreparedCheckout> {
  const checkout = await Checkout.at(repository, options);
  const { folder } = checkout;
  const entry = await stat(join(folder, ".git")).catch(() => undefined);
  if (entry === undefined) return { folder, position: await checkout.clone(), isOfUser: false };
  if (!entry.isFile()) return { folder, position: await checkout.refresh(), isOfUser: false };
  return { folder, position: await checkout.useWorktree(), isOfUser: true };
}

/** The `git config` entries that give git the repository's token, if it has one. */
export async function gitCredentials(
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
    return new Checkout(repository, await gitCredentials(repository, options), options);
  }

  get #git(): Git {
    return this.#options.git.in(this.folder);
  }

  get #url(): string {
    return repositoryUrl(this.#options.gitHost, this.#repository);
  }

  async clone(): Promise<string> {
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
    await markBase(this.#git);
    return await this.#say("cloned, ");
  }

  async useWorktree(): Promise<string> {
    return await this.#say(`using the worktree at ${this.folder}, `);
  }

  async refresh(): Promise<string> {
    await this.#requireSameOrigin();
    for (const key of credentialKeys(this.#url)) await this.#git.run(["config", "--unset-all", key]);
    for (const [key, value] of this.#credentials) await this.#git.run(["config", "--add", key, value]);
    const git = this.#git;
    await removeStaleLocks(join(this.folder, ".git"), this.title, this.#options);
    const { ref } = this.#repository;
    const reason = await ownWork(git);
    if (reason !== undefined) return await this.#say(`left as the last run left it (${reason}), `);
    const fetched = await transfer(git, ["fetch", "--progress", "origin"], this.#options);
    if (fetched.code !== 0) throw this.#unavailable("fetch", fetched);
    const upstream = await findUpstream(git, ref, this.#options);
    if (upstream === undefined) {
      if (ref === undefined) return await this.#say("left as the last run left it (the git host names no branch), ");
      throw this.#fault(`it has no branch "${ref}"`, `Check ref of Repository "${this.#repository.name}"`);
    }
    if ("verb" in upstream) throw this.#unavailable(upstream.verb, upstream.finished);
    const kept = await moveTo(git, upstream);
    if ("verb" in kept) throw this.#unavailable(kept.verb, kept.finished);
    const also =
      kept.length === 0 ? "" : `; the earlier commits, which upstream no longer has, are at ${kept.join(", ")}`;
    return await this.#say("brought up to date, ", also);
  }

  /** Logs the state of the checkout, and returns it for the summary. */
  async #say(how: string, also = ""): Promise<string> {
    const words = `${this.title}: ${how}${await this.#position()}${also}`;
    this.#options.journal.line("git", words);
    return words;
  }

  async #requireSameOrigin(): Promise<void> {
    const origin = await this.#git.ask(["config", "--get", "remote.origin.url"]);
    if (origin === this.#url) return;
    const message = `${this.folder} is a checkout of ${origin ?? "nothing known"}`;
    throw this.#fault(message, "Give the Repository another name, or delete that folder from the persistent volume");
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

/** The branch that is checked out; undefined if HEAD is detached or the folder is not a checkout. */
export function currentBranch(git: Git): Promise<string | undefined> {
  return git.ask(["symbolic-ref", "--short", "--quiet", "HEAD"]);
}
