import { abortable } from "../abortable.ts";

/** Waits for the next change of one session. A change between two waits is not missed. */
export interface ChangeWatcher {
  /** Forgets all changes so far. Call it before looking at the caches. */
  reset(): void;
  /** Resolves when something has changed since the last reset. Throws the signal's reason if it aborts first. */
  changed(signal: AbortSignal): Promise<void>;
  [Symbol.dispose](): void;
}

/** The callers that wait for changes, by session. Costs nothing for sessions that nobody waits for. */
export class Changes {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Wakes the callers that wait for that session, or all callers if no name is given. */
  tell(name?: string): void {
    const woken = name === undefined ? [...this.#waiting.values()].flatMap((set) => [...set]) : this.#waiting.get(name);
    for (const wake of woken ?? []) wake();
  }

  watcher(name: string): ChangeWatcher {
    let next = Promise.withResolvers<void>();
    const wake = () => next.resolve();
    const set = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, set.add(wake));
    return {
      reset: () => {
        next = Promise.withResolvers();
      },
      changed: (signal) => abortable(next.promise, signal),
      [Symbol.dispose]: () => {
        set.delete(wake);
        if (set.size === 0) this.#waiting.delete(name);
      },
    };
  }
}
