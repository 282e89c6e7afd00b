import { isCheckout } from "@clauderon/git";
import { type Backoff, backoffMs, type Clock, Fault, faultText, type Log, messageOf } from "@clauderon/base";
import type { Reconciled } from "@clauderon/protocol";
import type { Orphan, SessionBackend, SessionRecord } from "../backend.ts";
import type { Registry } from "../registry/registry.ts";
import type { Sessions } from "./sessions.ts";

/** The pause between tries to reach a backend when the daemon starts. */
const RETRY: Backoff = { baseMs: 2_000, maxMs: 60_000 };

/**
 * Compares the registry with the world: wakes every worker, adopts sessions that the registry does not know, and reports
 * objects that belong to no session.
 */
export class Upkeep {
  readonly #sessions: Sessions;
  readonly #registry: Registry;
  readonly #backends: readonly SessionBackend[];
  readonly #log: Log;

  constructor(sessions: Sessions, registry: Registry, backends: readonly SessionBackend[], log: Log) {
    this.#sessions = sessions;
    this.#registry = registry;
    this.#backends = backends;
    this.#log = log;
  }

  /** An unreachable backend is reported; the others are still checked. */
  async reconcile(prune: boolean): Promise<Reconciled> {
    this.#sessions.wakeAll();
    const parts = await Promise.all(this.#backends.map((backend) => this.#reconcileBackend(backend, prune)));
    return {
      repaired: parts.flatMap(({ repaired }) => repaired),
      orphans: parts.flatMap(({ orphans }) => orphans),
      problems: parts.flatMap(({ problems }) => problems),
    };
  }

  /**
   * If the registry is empty, adopts the sessions of each backend as soon as it can be reached, until the signal aborts.
   * Never throws. Nobody asked for this, so it adopts only sessions of repositories on this machine: the others may
   * belong to the daemon of another machine.
   */
  async adoptAll(clock: Clock, signal: AbortSignal): Promise<void> {
    if (this.#registry.list().length > 0 || this.#registry.unreadable().length > 0) return;
    await Promise.all(this.#backends.map((backend) => this.#adoptPatiently(backend, clock, signal)));
  }

  async #adoptPatiently(backend: SessionBackend, clock: Clock, signal: AbortSignal): Promise<void> {
    const isMeant = ({ spec }: SessionRecord) => !signal.aborted && isCheckout(spec.repository);
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        for (const { name, message } of await this.adopt(backend, isMeant)) this.#log.info(message, { session: name });
        return;
      } catch (thrown) {
        const fields = { backend: backend.name, error: messageOf(thrown) };
        if (!(thrown instanceof Fault)) return this.#log.error("Cannot look for sessions to adopt", fields);
        if (failures === 1) this.#log.warn("Cannot look for sessions to adopt yet", fields);
        await clock.sleep(backoffMs(RETRY, failures, Math.random()), signal);
      }
    }
  }

  /** Adopts the sessions that a backend has and the registry does not, if their names are free. */
  async adopt(
    backend: SessionBackend,
    isMeant: (record: SessionRecord) => boolean = () => true,
  ): Promise<Reconciled["repaired"]> {
    const found = await backend.adoptable(this.#known());
    const free = found.filter((record) => !this.#registry.has(record.name) && isMeant(record));
    for (const record of free) this.#sessions.adopt(record);
    return free.map(({ name }) => ({
      name,
      message: `Was in ${backend.name} but not in the registry; the daemon adopted it`,
    }));
  }

  async #reconcileBackend(backend: SessionBackend, prune: boolean): Promise<Reconciled> {
    const repaired: Reconciled["repaired"] = [];
    const orphans: Reconciled["orphans"] = [];
    try {
      repaired.push(...(await this.adopt(backend)));
      for (const orphan of await this.#orphans(backend)) {
        const { kind, name } = orphan;
        orphans.push({ kind, name, ...(prune ? await this.#tryPrune(backend, orphan) : left(orphan)) });
      }
      return { repaired, orphans, problems: [] };
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      const { code, message, hint } = thrown;
      const problem = { backend: backend.name, code, message, ...(hint !== undefined && { hint }) };
      return { repaired, orphans, problems: [problem] };
    }
  }

  async #tryPrune(backend: SessionBackend, { kind, name }: Orphan): Promise<Pruned> {
    try {
      // A session with that name may have been created meanwhile.
      const found = (await this.#orphans(backend)).find((other) => other.kind === kind && other.name === name);
      if (found === undefined) return { removed: false };
      if (found.kept !== undefined) return left(found);
      const rescuedRef = await backend.prune(found);
      this.#log.info("Pruned", { kind, name, rescuedRef: rescuedRef ?? "none" });
      return { removed: true, ...(rescuedRef === undefined ? {} : { message: `Its work is ${rescuedRef}` }) };
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      this.#log.warn("Cannot prune", { kind, name, error: messageOf(thrown) });
      return { removed: false, message: faultText(thrown) };
    }
  }

  #orphans(backend: SessionBackend): Promise<readonly Orphan[]> {
    return backend.orphans(this.#known(), this.#registry.unreadableNames);
  }

  #known() {
    return this.#registry.list().map(({ record }) => record);
  }
}

/** An orphan that was not removed. */
const left = ({ kept }: Orphan): Pruned => ({ removed: false, ...(kept === undefined ? {} : { message: kept }) });

type Pruned = Pick<Reconciled["orphans"][number], "removed" | "message">;
