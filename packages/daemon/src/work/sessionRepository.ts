import { existsSync, readdirSync, statSync } from "node:fs";
import { Fault } from "@clauderon/base";
import {
  captureWork,
  type FetchedWork,
  fetchWork,
  Git,
  isCheckout,
  keepWhenSetBack,
  repositoriesBeside,
  rescueLost,
  type SessionRemote,
  sessionRefs,
  stateOf,
  worktreeGit,
} from "@clauderon/git";
import type { Progress, SessionRecord } from "../backend.ts";
import { hasOwnRepository } from "../model/hasOwnRepository.ts";

export interface RepositoryPlaces {
  /** CLAUDERON_HOME. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The path of the worktree of a session on this machine. */
  readonly worktree: (session: SessionRecord) => string;
  /** The folder that is deleted with a session on this machine. It contains the worktree. */
  readonly folder: (session: SessionRecord) => string;
  /** Ignored files that are captured too, as git pathspecs. */
  readonly include: readonly string[];
  /** Whether the content of submodules is captured too. */
  readonly submodules: boolean;
}

const setBackNotices = (ref: string | undefined) =>
  ref === undefined ? [] : [`The session was set back to an earlier state. Its work before that is kept as ${ref}`];

export interface FetchOptions {
  readonly progress?: Progress | undefined;
  /** A fetch from another repository refuses more than this. */
  readonly maxBytes?: number;
  /** `AtRest`: no agent works in the session's worktree, so it can be searched. */
  readonly when?: "AtWork" | "AtRest";
}

/** The most that one fetch may bring. */
const MAX_BYTES = 4_294_967_296;

/** Where a session's work is, and how to bring it to the user's repository. */
export class SessionRepository {
  readonly #places: RepositoryPlaces;
  readonly #session: SessionRecord;
  readonly #signal: AbortSignal | undefined;

  constructor(places: RepositoryPlaces, session: SessionRecord, signal?: AbortSignal) {
    this.#places = places;
    this.#session = session;
    this.#signal = signal;
  }

  /** The user's checkout. */
  get git(): Git {
    return Git.ofUser(this.#session.spec.repository, this.#places.environment, this.#signal);
  }

  /** The worktree of a session on this machine. */
  worktree(): Promise<Git> {
    return worktreeGit(this.git, this.#places.worktree(this.#session));
  }

  get isThere(): boolean {
    return isCheckout(this.#session.spec.repository);
  }

  /** An empty folder counts as missing. */
  get hasWorktree(): boolean {
    const path = this.#places.worktree(this.#session);
    return existsSync(path) && !isEmptyFolder(path);
  }

  /** Keeps for good what the repository has of a worktree that is gone; see `rescueLost`. */
  async rescueLost(): Promise<string | undefined> {
    const { name, commit } = this.#session;
    return await rescueLost(this.git, { session: name, path: this.#places.worktree(this.#session), begun: commit });
  }

  /** Paths of repositories and worktrees that the agent made in the session's folder, beside its worktree. */
  async besides(): Promise<readonly string[]> {
    return await repositoriesBeside(this.git, this.#places.folder(this.#session));
  }

  /** The session's own branch, without `refs/heads/`. */
  get branch(): string {
    return this.#session.spec.branch;
  }

  /** Whether the session has its own repository. */
  get hasOwnRepository(): boolean {
    return hasOwnRepository(this.#session.spec.backend);
  }

  remote(progress?: Progress, most = MAX_BYTES): SessionRemote {
    const { home, environment } = this.#places;
    const maxBytes = Math.min(most, MAX_BYTES);
    const place = { session: this.#session.name, home, path: environment["PATH"] ?? "", maxBytes };
    return progress === undefined ? place : { ...place, progress };
  }

  /** Brings the session's current state into the user's repository. */
  async fetch({
    progress,
    maxBytes,
    when,
  }: FetchOptions = {}): Promise<FetchedWork & { readonly notices: readonly string[] }> {
    if (this.hasOwnRepository) {
      const fetched = await fetchWork(this.git, this.remote(progress, maxBytes));
      const kept = fetched.branch.state === "Kept" ? [fetched.branch.reason] : [];
      return { ...fetched, notices: [...kept, ...fetched.inner, ...setBackNotices(fetched.rescuedRef)] };
    }
    const { name } = this.#session;
    if (!this.hasWorktree) {
      throw new Fault("REPOSITORY_UNAVAILABLE", `The worktree of session "${name}" is gone`, {
        hint: `Make it again: clauderon recreate ${name}`,
      });
    }
    const { work: ref, branch } = sessionRefs(name);
    const before = await this.git.resolve(ref);
    const repositories = when === "AtRest" ? "Kept" : "Named";
    const around = this.#places.folder(this.#session);
    const options = { ref, include: this.#places.include, repositories, around } as const;
    const { commit, notices } = await captureWork(await this.worktree(), options);
    const isSame = before !== undefined && (await stateOf(this.git, before)) === (await stateOf(this.git, commit));
    const [head, state] = [await this.git.resolve(branch), "Current"] as const;
    const states = { before: { work: before ?? commit, head: undefined }, now: { work: commit, head } };
    const rescuedRef = await keepWhenSetBack(this.git, name, states);
    const all = [...notices, ...setBackNotices(rescuedRef)];
    return { work: commit, head, changed: !isSame, branch: { state }, rescuedRef, bytes: 0, inner: [], notices: all };
  }
}

const isEmptyFolder = (path: string) => statSync(path).isDirectory() && readdirSync(path).length === 0;
