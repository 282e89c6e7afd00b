import { Fault, type Log, messageOf } from "@clauderon/base";
import {
  captureCommit,
  captureWork,
  committableTree,
  forgetWork,
  type Git,
  isAsBegun,
  isCheckout,
  isWorkSafe,
  pushWork,
  refuseUnkept,
  rescueWork,
  sessionRefs,
  sweepQuarantines,
} from "@clauderon/git";
import { INCOMING_REF, type Pulled, type Pushed } from "@clauderon/protocol";
import type { Progress, SessionRecord } from "../backend.ts";
import type { Continuation } from "../model/continuation.ts";
import type { Captured, PushContext, SessionWork } from "../sessionWork.ts";
import { continueSession } from "./continueSession.ts";
import { LastInLine } from "./lastInLine.ts";
import { pushToSession } from "./pushToSession.ts";
import { type FetchOptions, type RepositoryPlaces, SessionRepository } from "./sessionRepository.ts";

type Fetched = Awaited<ReturnType<SessionRepository["fetch"]>>;

/**
 * Moves work between the user's repository and the sessions. A session with its own repository is a git remote, reached
 * through the daemon's stream. A session on this machine shares the user's repository.
 */
export class GitSessionWork implements SessionWork {
  readonly #places: RepositoryPlaces;
  /** One fetch at a time for each session, because all of them use the same quarantine and refs. */
  readonly #fetches = new LastInLine<Fetched>();

  constructor(places: RepositoryPlaces) {
    this.#places = places;
  }

  async capture(session: SessionRecord, signal: AbortSignal): Promise<Captured> {
    const { git } = this.#repository(session, signal);
    const { name, spec } = session;
    const ref = sessionRefs(name).incoming;
    if (spec.fromBase === true)
      return { commit: await captureCommit(git, { ref, commit: spec.baseCommit }), notices: [] };
    const { include, submodules } = this.#places;
    return await captureWork(git, { ref, include, repositories: submodules ? "Sent" : "Named" });
  }

  async continue(session: SessionRecord, signal: AbortSignal): Promise<Continuation> {
    return await continueSession(session, this.#repository(session, signal));
  }

  async send(session: SessionRecord, signal: AbortSignal, progress: Progress): Promise<void> {
    const repository = this.#repository(session, signal);
    if (!repository.hasOwnRepository) return;
    await pushWork(repository.git, repository.remote(progress), { commit: session.commit, ref: INCOMING_REF });
  }

  async fetch(session: SessionRecord, signal: AbortSignal, maxBytes: number): Promise<number> {
    refuseSharedCheckout(session);
    return (await this.#fetch(session, signal, { maxBytes })).bytes;
  }

  async pull(session: SessionRecord, signal: AbortSignal, progress?: Progress): Promise<Pulled> {
    refuseSharedCheckout(session);
    const repository = this.#repository(session, signal);
    const fetched = await this.#fetch(session, signal, { progress });
    return await pulledOf(session, repository, fetched);
  }

  async push(session: SessionRecord, context: PushContext): Promise<Pushed> {
    refuseSharedCheckout(session);
    return await pushToSession(this.#repository(session, context.signal), session.name, context);
  }

  async rescue(session: SessionRecord, signal: AbortSignal): Promise<string | undefined> {
    const repository = this.#repository(session, signal);
    if (!repository.isThere) return await this.#lost(session, repository);
    const { git } = repository;
    const { branch } = sessionRefs(session.name);
    if (!repository.hasOwnRepository && !repository.hasWorktree) {
      await refuseBesides(session, repository);
      const rescuedRef = await repository.rescueLost();
      const last = await git.resolve(sessionRefs(session.name).work);
      if (last !== undefined) await refuseUnkept(git, last);
      return rescuedRef;
    }
    const last = repository.hasOwnRepository ? this.#fetch(session, signal) : this.#fetchLast(session, signal);
    const { work, head } = await last;
    // The branch of a worktree is deleted with it. A fetched branch belongs to the user.
    const passing = repository.hasOwnRepository ? [] : [branch];
    return await rescueUnlessSafe(git, session, { work, head, passing });
  }

  async rescueFetched(session: SessionRecord): Promise<string | undefined> {
    const repository = this.#repository(session);
    if (!repository.isThere) return await this.#lost(session, repository);
    const { work: workRef, fetched } = sessionRefs(session.name);
    const { git } = repository;
    const [work, head] = [await git.resolve(workRef), await git.resolve(fetched)];
    return work === undefined ? undefined : await rescueUnlessSafe(git, session, { work, head, passing: [] });
  }

  async forget(session: SessionRecord): Promise<void> {
    const repository = this.#repository(session);
    if (repository.isThere) await forgetWork(repository.git, session.name);
  }

  /** Removes what a killed daemon's fetches left behind. No fetch may run at the same time. Never throws. */
  async sweep(sessions: readonly SessionRecord[], log: Log): Promise<void> {
    const repositories = Map.groupBy(sessions, ({ spec }) => spec.repository);
    for (const [path, all] of repositories) {
      const [first] = all;
      if (first === undefined || !isCheckout(path)) continue;
      try {
        await sweepQuarantines(
          this.#repository(first).git,
          all.map(({ name }) => name),
        );
      } catch (thrown) {
        log.warn("Cannot remove what a killed fetch may have left", { repository: path, error: messageOf(thrown) });
      }
    }
  }

  #fetch(session: SessionRecord, signal: AbortSignal, options: FetchOptions = {}): Promise<Fetched> {
    const fetch = (stop: AbortSignal) => this.#repository(session, stop).fetch(options);
    // The limit is for fetches that nobody asked for; a user's own fetch has none.
    const kind = options.maxBytes === undefined ? "Asked" : "Unasked";
    return this.#fetches.run(session.name, signal, fetch, kind);
  }

  /** Fetches alone, not with others who wait: no agent runs any more, so the whole worktree can be searched. */
  async #fetchLast(session: SessionRecord, signal: AbortSignal): Promise<Fetched> {
    await this.#fetch(session, signal);
    return await this.#repository(session, signal).fetch({ when: "AtRest" });
  }

  /**
   * Throws if the repository is gone, so that nothing can receive the work in a session elsewhere or in the files of a
   * worktree.
   */
  async #lost(session: SessionRecord, repository: SessionRepository): Promise<undefined> {
    const { name, spec } = session;
    if (!repository.hasOwnRepository) {
      if (!repository.hasWorktree) {
        await refuseBesides(session, repository);
        return undefined;
      }
      throw new Fault("REPOSITORY_UNAVAILABLE", `${spec.repository} is gone, and the files of "${name}" belong to it`, {
        hint: "Put the repository back, or copy the work that you need",
      });
    }
    throw new Fault(
      "REPOSITORY_UNAVAILABLE",
      `${spec.repository} is gone, so nothing can receive the work of "${name}"`,
      {
        hint: `Fetch it in another clone: git fetch clauderon::${name}`,
      },
    );
  }

  #repository(session: SessionRecord, signal?: AbortSignal): SessionRepository {
    return new SessionRepository(this.#places, session, signal);
  }
}

async function pulledOf(session: SessionRecord, { git }: SessionRepository, fetched: Fetched): Promise<Pulled> {
  const { work, head, changed, notices } = fetched;
  const refs = sessionRefs(session.name);
  const at = await git.read(["rev-parse", `${work}^1`]);
  const tree = await committableTree(git, work, refs.work);
  const names = await git.names(["diff-tree", "-r", "-z", "--name-only", "--no-renames", at, tree]);
  const range = [head ?? at, "--not", session.spec.baseCommit];
  return {
    ref: refs.work,
    commit: work,
    branch: refs.branch.slice("refs/heads/".length),
    head: head ?? at,
    changed,
    commits: Number(await git.read(["rev-list", "--count", ...range])),
    tree,
    uncommitted: names.length,
    notices: [...notices],
  };
}

interface Tips {
  readonly work: string;
  readonly head: string | undefined;
  /** Refs that are deleted with the session. */
  readonly passing: readonly string[];
}

async function rescueUnlessSafe(git: Git, { name, commit }: SessionRecord, { work, head, passing }: Tips) {
  const isSafe =
    (await isWorkSafe(git, { work, head }, passing)) || (await isAsBegun(git, { session: name, work, head }, commit));
  const rescuedRef = isSafe ? undefined : await rescueWork(git, { session: name, work, head });
  await refuseUnkept(git, work);
  return rescuedRef;
}

/** Throws if there are repositories beside a worktree that is gone, because they cannot be kept with it. */
async function refuseBesides({ name }: SessionRecord, repository: SessionRepository): Promise<void> {
  const [first, ...more] = await repository.besides();
  if (first === undefined) return;
  const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
  throw new Fault("REPOSITORY_UNAVAILABLE", `The worktree of "${name}" is gone, but ${first} is a repository${rest}`, {
    hint: "Move it out of the session's folder, or make the worktree again",
  });
}

function refuseSharedCheckout({ name, spec }: SessionRecord): void {
  if (spec.worktree) return;
  throw new Fault("USAGE", `Session "${name}" works in ${spec.repository} itself, so its work is already there`);
}
