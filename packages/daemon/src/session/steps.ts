import { Fault } from "@clauderon/base";
import type { BackendContext, Progress, SessionBackend } from "../backend.ts";
import {
  type CredentialStrategy,
  credentialsFor,
  readableCredentials,
  refuseMissing,
} from "../credentials/credentials.ts";
import type { LinkConnection } from "../link/linkConnection.ts";
import type { Entry } from "../registry/model/entry.ts";
import type { Registry } from "../registry/registry.ts";
import { lossNotices } from "./model/lossNotices.ts";
import type { SessionWork } from "../sessionWork.ts";

/** What the steps use of a session's link. */
interface StepLink {
  readonly isConnected: boolean;
  connect(signal: AbortSignal): Promise<void>;
  /** Disconnects from the runner, so that nothing on an old connection counts as the next runner's. */
  close(): void;
  readonly connection: Pick<LinkConnection, "ask">;
}

export interface StepContext {
  readonly entry: Entry;
  readonly link: StepLink;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface StepsOptions {
  readonly registry: Registry;
  readonly backend: SessionBackend;
  readonly work: SessionWork;
  readonly credentials: CredentialStrategy;
}

/**
 * The steps of a session's worker. Each can be repeated after the daemon was killed anywhere within it: a step first
 * changes the world, and then records that it did.
 */
export class Steps {
  readonly #options: StepsOptions;

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  async capture({ entry, signal, progress }: StepContext): Promise<void> {
    const { registry, work } = this.#options;
    const { record } = entry;
    progress(`Capturing the work in ${record.spec.repository}`);
    const { commit, notices } = await work.capture(record, signal);
    registry.change(record.name, { commit, notices });
  }

  /**
   * Lets a session whose place is lost begin in a new one, from the newest work that the user's repository holds. Keeps
   * what was fetched from the lost place first. Does not send the prompt again, because the work may already answer it.
   */
  async relocate(context: StepContext): Promise<void> {
    const { registry, backend, work } = this.#options;
    const { entry, link, signal, progress } = context;
    const { record, started, notices } = entry;
    // A volume that is being deleted may still have a pod, and with it work that was not fetched yet.
    if (link.isConnected) await this.#trySave(context);
    progress("Stopping the agent");
    await this.#end(context);
    progress("Looking for the newest work of the session");
    const { commit, ...found } = await work.continue(record, signal);
    const told = started ? lossNotices({ ...found, commit, hasOwnRepository: backend.hasOwnRepository }) : [];
    for (const notice of told) progress(notice);
    const all = [...new Set([...notices, ...told])];
    registry.change(record.name, { restart: false, started: false, commit, notices: all });
  }

  async bringUp(context: StepContext): Promise<void> {
    const { backend, registry } = this.#options;
    const { record } = context.entry;
    const given = this.#context(context);
    refuseMissing(record.spec, given.credentials);
    registry.change(record.name, { saved: false, credentials: readableCredentials(record.spec, given.credentials) });
    await backend.bringUp(record, given);
    // The new runner may have replaced one whose end nobody has seen.
    context.link.close();
  }

  /** Sends the work, if the session has its own repository, then the prompt. The runner accepts each only once. */
  async begin({ entry, link, signal, progress }: StepContext): Promise<void> {
    const { registry, backend, work } = this.#options;
    const { record, started } = entry;
    if (!started && backend.hasOwnRepository) {
      progress("Sending the work");
      await work.send(record, signal, progress);
      progress("Checking out the work");
      const { commit, spec } = record;
      await link.connection.ask({ type: "checkout", commit, branch: spec.branch }, signal);
    }
    if (!started) progress("Starting the agent");
    const prompt = started ? undefined : registry.prompt(record.name);
    await link.connection.ask({ type: "start", ...(prompt === undefined ? {} : { prompt }) }, signal);
    if (!started) registry.change(record.name, { started: true });
  }

  async halt(context: StepContext): Promise<void> {
    const { registry } = this.#options;
    const { record, restart, wanted } = context.entry;
    context.progress("Stopping the agent");
    const isSaved = wanted === "Archived" && (await this.#trySave(context));
    await this.#end(context);
    if (restart) registry.change(record.name, { restart: false });
    // Somebody may have asked for another state meanwhile.
    if (isSaved && registry.get(record.name)?.wanted === "Archived") registry.change(record.name, { saved: true });
  }

  /** Ends the runner before anything says that the next one may start. */
  async #end(context: StepContext): Promise<void> {
    await this.#options.backend.halt(context.entry.record, this.#context(context));
    context.link.close();
  }

  /** Fetches the work of a session that is about to lose its runner. What cannot be fetched stays on the volume. */
  async #trySave({ entry, link, signal, progress }: StepContext): Promise<boolean> {
    const { backend, work } = this.#options;
    const { record, started } = entry;
    if (!backend.hasOwnRepository || !started) return false;
    try {
      await link.connect(signal);
      await link.connection.ask({ type: "end" }, signal);
      progress("Fetching the work");
      await work.pull(record, signal);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      progress(`The work was not fetched and stays where it is: ${thrown.message}`);
      return false;
    }
  }

  /** Deletes the session. Returns the ref of the work that was nowhere else. */
  async remove(context: StepContext): Promise<string | undefined> {
    const { registry, backend, work } = this.#options;
    const { entry, signal, progress } = context;
    const { record } = entry;
    let { rescuedRef } = entry;
    // A session that never began has no work.
    if (!entry.discardWork && entry.started && record.spec.worktree) {
      progress("Looking for work that exists only in the session");
      rescuedRef = (await this.#rescue(context)) ?? rescuedRef;
      // The work is safe now. If this step is repeated, the work may no longer be where it was.
      registry.change(record.name, { discardWork: true, ...(rescuedRef === undefined ? {} : { rescuedRef }) });
    }
    signal.throwIfAborted();
    progress("Removing the session");
    await backend.remove(record, this.#context(context));
    await work.forget(record);
    registry.remove(record.name);
    return rescuedRef;
  }

  async #rescue(context: StepContext): Promise<string | undefined> {
    const { name } = context.entry.record;
    try {
      return await this.#secure(context);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      // The usual hint for a runner that does not answer is to recreate the session. A session that is being deleted
      // cannot be.
      const isWaiting = thrown.code === "SESSION_NOT_RUNNING";
      const advice = isWaiting ? "The daemon keeps the work and tries again until it has it" : thrown.hint;
      const hint = `${advice === undefined ? "" : `${advice}. `}Or discard its work: clauderon delete --discard-work ${name}`;
      throw new Fault(thrown.code, `The work of "${name}" is not safe yet: ${thrown.message}`, { hint, cause: thrown });
    }
  }

  /**
   * Ends the agent first, so that it makes nothing after the search for work. A worktree can be searched without a
   * runner. A repository of the session's own needs the runner, which stays when the agent ends.
   */
  async #secure(context: StepContext): Promise<string | undefined> {
    const { backend, work } = this.#options;
    const { entry, link, signal } = context;
    const { record, saved } = entry;
    if (!backend.hasOwnRepository) {
      await this.#end(context);
      return await work.rescue(record, signal);
    }
    if (saved || (!link.isConnected && (await backend.observe(record)).phase === "Missing")) {
      return await work.rescueFetched(record);
    }
    if (!link.isConnected) {
      await backend.bringUp(record, this.#context(context));
      await link.connect(signal);
    }
    await link.connection.ask({ type: "end" }, signal);
    return await work.rescue(record, signal);
  }

  #context({ entry, signal, progress }: StepContext): BackendContext {
    const { registry, credentials: strategy } = this.#options;
    const { record, started } = entry;
    const latest = () => {
      const session = registry.get(record.name)?.record ?? record;
      return { session, credentials: credentialsFor(session.spec, strategy) };
    };
    return { signal, progress, started, credentials: credentialsFor(record.spec, strategy), latest };
  }
}
