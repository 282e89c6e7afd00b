import { Fault, type Log, messageOf } from "@clauderon/base";
import type { Reconciled } from "@clauderon/protocol";
import type { Orphan, SessionBackend } from "../backend.ts";
import type { Registry } from "../registry/registry.ts";
import type { Sessions } from "./sessions.ts";

/** Compares the registry with the world: wakes every session, takes over what was lost, and tells what belongs to nobody. */
export class Reconciler {
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

  /** A backend that cannot be asked is told of, and hides no other. */
  async reconcile(prune: boolean): Promise<Reconciled> {
    this.#sessions.wakeAll();
    const parts = await Promise.all(this.#backends.map((backend) => this.#reconcileBackend(backend, prune)));
    return {
      repaired: parts.flatMap(({ repaired }) => repaired),
      orphans: parts.flatMap(({ orphans }) => orphans),
    };
  }

  /** Takes over the sessions that a backend has and the registry does not, whose names are free. */
  async adopt(backend: SessionBackend): Promise<Reconciled["repaired"]> {
    const found = await backend.adoptable(this.#known());
    const free = found.filter(({ name }) => !this.#registry.has(name));
    for (const record of free) this.#sessions.adopt(record);
    return free.map(({ name }) => ({
      name,
      message: `Was in ${backend.name} and not in the registry; it is taken over`,
    }));
  }

  async #reconcileBackend(backend: SessionBackend, prune: boolean): Promise<Reconciled> {
    const repaired = await this.adopt(backend);
    const orphans: Reconciled["orphans"] = [];
    for (const orphan of await backend.orphans(this.#known())) {
      orphans.push({ kind: orphan.kind, name: orphan.name, removed: prune && (await this.#tryPrune(backend, orphan)) });
    }
    return { repaired, orphans };
  }

  async #tryPrune(backend: SessionBackend, orphan: Orphan): Promise<boolean> {
    try {
      await backend.prune(orphan);
      this.#log.info("Pruned", { kind: orphan.kind, name: orphan.name });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      this.#log.warn("Cannot prune", { kind: orphan.kind, name: orphan.name, error: messageOf(thrown) });
      return false;
    }
  }

  /** A row that cannot be read may own what is there: nothing of its name is an orphan. */
  #known() {
    return this.#registry.list().map(({ record }) => record);
  }
}
