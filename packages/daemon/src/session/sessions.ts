import { randomUUID } from "node:crypto";
import { type Clock, Fault, type Log } from "@clauderon/base";
import type { CreateSession, Deleted, Pulled, Pushed, Session } from "@clauderon/protocol";
import type { SessionBackend } from "../backend.ts";
import { credentialsFor, readableCredentials, refuseMissing } from "../credentials/credentials.ts";
import type { Entry } from "../registry/model/entry.ts";
import type { Registry, UnreadableEntry } from "../registry/registry.ts";
import type { EventHub } from "./events.ts";
import { Departures } from "./departures.ts";
import { keepRunning } from "./keepRunning.ts";
import { refuseDeleting, refuseElsewhere, refuseOutOfReach, refuseSharedCheckout } from "./model/admission.ts";
import { disabled, disabledSession } from "./model/disabled.ts";
import { unreadableFault, unreadableSession } from "./model/unreadable.ts";
import { credentialNotices, rescueToOrphan, withWayOut } from "./orphanSession.ts";
import { NameReservations } from "./nameReservations.ts";
import { SessionWorker } from "./sessionWorker.ts";
import type { FetchLimit } from "../work/model/fetchLimit.ts";
import { TurnFetcher } from "../work/turnFetcher.ts";
import { Steps, type StepsOptions } from "./steps.ts";

export interface SessionsOptions extends Pick<StepsOptions, "work" | "credentials"> {
  readonly registry: Registry;
  readonly backends: readonly SessionBackend[];
  readonly events: EventHub;
  /** Checks a request and turns it into the spec of a new session. */
  readonly newSpec: (request: CreateSession, name: string) => Promise<Entry["record"]["spec"]>;
  /** See TurnFetcher. */
  readonly fetchLimit: FetchLimit;
  readonly clock: Clock;
  readonly log: Log;
}

/** All sessions: runs one worker for each, and does what the API asks. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #workers = new Map<string, SessionWorker>();
  readonly #running = new Map<SessionWorker, Promise<void>>();
  readonly #stop = new AbortController();
  readonly #names: NameReservations;
  readonly #departures = new Departures();
  readonly #turnFetcher: TurnFetcher;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#names = new NameReservations(options.registry);
    const { work, clock, log, registry, fetchLimit: limit } = options;
    const entryOf = ({ name, uid }: Entry["record"]) => {
      const entry = registry.get(name);
      return entry?.record.uid === uid ? entry : undefined;
    };
    this.#turnFetcher = new TurnFetcher({
      work,
      clock,
      log,
      limit,
      signal: this.#stop.signal,
      fetchedBytes: (session) => entryOf(session)?.fetchedBytes,
      count: (session, bytes) => {
        const { fetchedBytes = 0 } = entryOf(session) ?? {};
        if (bytes > 0) registry.change(session.name, { fetchedBytes: fetchedBytes + bytes });
      },
      report: ({ name }, fault) => this.#workers.get(name)?.noteFetch(fault),
    });
  }

  /** Starts a worker for every session; each continues where the last daemon stopped. */
  start(): void {
    const { registry, backends, log } = this.#options;
    for (const { name, problem } of registry.unreadable())
      log.error("Row of the registry is unreadable", { session: name, problem });
    for (const entry of registry.list()) this.#work(entry);
    for (const backend of backends) void backend.watch((name) => this.#workers.get(name)?.changed(), this.#stop.signal);
  }

  /** Stops all workers. The runners keep running. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const worker of this.#workers.values()) worker.stop();
    await Promise.all(this.#running.values());
  }

  list(): readonly Session[] {
    const { registry } = this.#options;
    const readable = registry.list().map((entry) => this.#describe(entry));
    const unreadable = registry.unreadable().map(unreadableSession);
    return [...readable, ...unreadable].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): Session {
    const unreadable = this.#unreadable(name);
    return unreadable === undefined ? this.#describe(this.#entry(name)) : unreadableSession(unreadable);
  }

  /** The worker of a session. Throws SESSION_NOT_FOUND, or FEATURE_DISABLED if the session's backend is off. */
  worker(name: string): SessionWorker {
    const worker = this.#workers.get(name);
    if (worker !== undefined) return worker;
    throw disabled(this.#entry(name).record.spec.backend);
  }

  /** Records the new session and returns. Its worker does the rest. */
  async create(request: CreateSession): Promise<Session> {
    const { registry, newSpec, backends } = this.#options;
    using reserved = this.#names.reserve(request.name);
    const { name } = reserved;
    const spec = await newSpec(request, name);
    if (!backends.some((backend) => backend.name === spec.backend)) throw disabled(spec.backend);
    refuseSharedCheckout(spec, registry.list());
    const createdTime = new Date(this.#options.clock.now()).toISOString();
    const given = credentialsFor(spec, this.#options.credentials);
    refuseMissing(spec, given);
    const credentials = readableCredentials(spec, given);
    const place = spec.backend === "kubernetes" ? { place: null } : {};
    registry.add(
      { name, uid: randomUUID(), createdTime, spec, commit: "", ...place },
      request.prompt === undefined ? { credentials } : { prompt: request.prompt, credentials },
    );
    const entry = this.#entry(name);
    this.#work(entry);
    return this.#describe(entry);
  }

  /**
   * Resolves when the session and everything made for it are gone. Rejects with the first failure; the worker keeps
   * trying.
   */
  async delete(name: string, discardWork: boolean): Promise<Deleted> {
    const { registry, events } = this.#options;
    if (discardWork && this.#unreadable(name) !== undefined) {
      registry.remove(name);
      events.tell({ type: "deleted", name });
      return { name };
    }
    const worker = this.worker(name);
    const { view, hasOwnRepository } = worker;
    const isLost = view.observation?.phase === "Missing";
    if (view.observation !== undefined) refuseElsewhere(name, view.observation);
    if (!discardWork) refuseOutOfReach(this.#entry(name), { hasOwnRepository, isLost });
    const gone = this.#departures.wait(name);
    const stopListening = worker.onFailure((thrown) => gone.reject(withWayOut(name, thrown)));
    this.#want(name, { wanted: "Deleted", ...(discardWork ? { discardWork } : {}) });
    try {
      const rescuedRef = await gone.promise;
      return rescuedRef === undefined ? { name } : { name, rescuedRef };
    } finally {
      stopListening();
    }
  }

  /**
   * Deletes the local part of a session that is out of reach, and keeps the work that was fetched. Refuses while the
   * session can be deleted. After that, and after any other failure, the session continues as before.
   */
  async orphan(name: string, discardWork: boolean): Promise<Deleted> {
    const { registry, work } = this.#options;
    const worker = this.worker(name);
    const left = await worker.orphan();
    const { record, credentials, rescuedRef: earlier } = this.#entry(name);
    const rescuedRef = (discardWork ? undefined : await rescueToOrphan(work, record)) ?? earlier;
    worker.stop();
    await this.#running.get(worker);
    await work.forget(record);
    registry.remove(name);
    this.#removed(name, rescuedRef);
    const notices = [...left, ...credentialNotices(left, credentials)];
    return {
      name,
      ...(rescuedRef === undefined ? {} : { rescuedRef }),
      ...(notices.length === 0 ? {} : { notices }),
    };
  }

  archive(name: string): Session {
    return this.#want(name, { wanted: "Archived" });
  }

  unarchive(name: string): Session {
    // Archiving may have begun, and then must finish before the session starts again.
    const restart = this.#options.registry.get(name)?.wanted === "Archived" ? { restart: true } : {};
    return this.#want(name, { wanted: "Running", failure: undefined, saved: false, ...restart });
  }

  /**
   * Stops the session and starts it again with the agent's conversation. If its place is lost, makes a new one with the
   * newest work.
   */
  recreate(name: string): Session {
    return this.#want(name, { wanted: "Running", restart: true, saved: false, failure: undefined });
  }

  /** Sends a prompt to the agent and waits until the runner has typed it. */
  async prompt(name: string, prompt: string): Promise<void> {
    await this.worker(name).link.connection.ask({ type: "prompt", prompt }, this.#stop.signal);
  }

  async pull(name: string): Promise<Pulled> {
    const { work, events } = this.#options;
    this.worker(name);
    return work.pull(this.#entry(name).record, this.#stop.signal, events.progressOf(name));
  }

  async push(name: string): Promise<Pushed> {
    const { work, events } = this.#options;
    const { link } = this.worker(name);
    const context = { link, signal: this.#stop.signal, progress: events.progressOf(name) };
    return work.push(this.#entry(name).record, context);
  }

  /** Makes every worker look at its session again. */
  wakeAll(): void {
    for (const worker of this.#workers.values()) worker.wake();
  }

  /** Adds a session that a backend found to the registry, and starts its worker. */
  adopt(record: Entry["record"]): void {
    this.#options.registry.add(record, { started: true });
    this.#work(this.#entry(record.name));
  }

  #want(name: string, change: Parameters<Registry["change"]>[1]): Session {
    const worker = this.worker(name);
    refuseDeleting(this.#entry(name), change.wanted);
    this.#options.registry.change(name, change);
    worker.interrupt();
    return worker.session;
  }

  #work(entry: Entry): void {
    const { registry, backends, events, clock, log, work, credentials } = this.#options;
    const { name, spec } = entry.record;
    const backend = backends.find((candidate) => candidate.name === spec.backend);
    if (backend === undefined) return;
    const steps = new Steps({ registry, backend, work, credentials });
    const worker = new SessionWorker({
      name,
      backend,
      registry,
      steps,
      events,
      clock,
      log,
      turned: (record, turns) => this.#turnFetcher.noted(record, turns),
      removed: (_, rescuedRef) => this.#removed(name, rescuedRef),
    });
    this.#workers.set(name, worker);
    const keep = { session: name, clock, log, signal: this.#stop.signal };
    const running = keepRunning(() => worker.run(), keep).finally(() => this.#running.delete(worker));
    this.#running.set(worker, running);
  }

  #removed(name: string, rescuedRef: string | undefined): void {
    this.#workers.delete(name);
    this.#options.events.tell({ type: "deleted", name, ...(rescuedRef === undefined ? {} : { rescuedRef }) });
    this.#departures.settle(name, rescuedRef);
  }

  #describe(entry: Entry): Session {
    return this.#workers.get(entry.record.name)?.session ?? disabledSession(entry);
  }

  /** The row with that name, if it cannot be read. */
  #unreadable(name: string): UnreadableEntry | undefined {
    return this.#options.registry.unreadable().find((row) => row.name === name);
  }

  #entry(name: string): Entry {
    const entry = this.#options.registry.get(name);
    if (entry !== undefined) return entry;
    const unreadable = this.#unreadable(name);
    if (unreadable !== undefined) throw unreadableFault(unreadable);
    throw new Fault("SESSION_NOT_FOUND", `There is no session "${name.slice(0, 100)}"`, {
      hint: "Run clauderon list to see your sessions",
    });
  }
}
