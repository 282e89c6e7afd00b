import { Fault } from "@clauderon/base";
import type { BackendContext, Progress, SessionBackend } from "../backend.ts";
import type { CredentialStrategy } from "../credentials/credentials.ts";
import type { SessionLink } from "../link/sessionLink.ts";
import type { Entry } from "../registry/model/entry.ts";
import type { Registry } from "../registry/registry.ts";
import type { SessionWork } from "../sessionWork.ts";

export interface StepContext {
  readonly entry: Entry;
  readonly link: SessionLink;
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
 * What a session's worker does. Each step can be repeated after a kill anywhere within it: it makes the world first, and
 * then writes down that it did.
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
    for (const notice of notices) progress(notice);
    registry.change(record.name, { commit });
  }

  async bringUp(context: StepContext): Promise<void> {
    await this.#options.backend.bringUp(context.entry.record, this.#context(context));
  }

  /** Work to a repository of the session's own, then the prompt; the runner takes each of them once. */
  async begin({ entry, link, signal, progress }: StepContext): Promise<void> {
    const { registry, backend, work } = this.#options;
    const { record, started } = entry;
    if (!started && backend.hasOwnRepository) {
      progress("Sending the work");
      await work.send(record, signal, progress);
      progress("Checking the work out");
      await link.connection.ask({ type: "checkout", commit: record.commit, branch: record.spec.branch });
    }
    if (!started) progress("Starting the agent");
    const prompt = started ? undefined : registry.prompt(record.name);
    await link.connection.ask({ type: "start", ...(prompt === undefined ? {} : { prompt }) });
    if (!started) registry.change(record.name, { started: true });
  }

  async halt(context: StepContext): Promise<void> {
    const { registry, backend } = this.#options;
    const { record, restart } = context.entry;
    context.progress("Stopping the agent");
    await backend.halt(record, this.#context(context));
    if (restart) registry.change(record.name, { restart: false });
  }

  /** The ref that holds work which was nowhere else. */
  async remove(context: StepContext): Promise<string | undefined> {
    const { registry, backend, work } = this.#options;
    const { entry, signal, progress } = context;
    const { record } = entry;
    let { rescuedRef } = entry;
    // What was never begun has made nothing.
    if (!entry.discardWork && entry.started && record.spec.worktree) {
      progress("Looking for work that is nowhere else");
      rescuedRef = (await this.#rescue(context)) ?? rescuedRef;
      // It is safe now; whoever repeats this may not find it where it was.
      registry.change(record.name, { discardWork: true, ...(rescuedRef === undefined ? {} : { rescuedRef }) });
    }
    signal.throwIfAborted();
    progress("Removing the session");
    await backend.remove(record, this.#context(context));
    await work.forget(record);
    registry.remove(record.name);
    return rescuedRef;
  }

  async #rescue({ entry, signal }: StepContext): Promise<string | undefined> {
    const { name } = entry.record;
    try {
      return await this.#options.work.rescue(entry.record, signal);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      const hint = `${thrown.hint === undefined ? "" : `${thrown.hint}. `}Or lose its work: clauderon delete --discard-work ${name}`;
      throw new Fault(thrown.code, `The work of "${name}" is not safe yet: ${thrown.message}`, { hint, cause: thrown });
    }
  }

  #context({ entry, signal, progress }: StepContext): BackendContext {
    return { signal, progress, credentials: this.#options.credentials.variables(entry.record.spec.agent) };
  }
}
