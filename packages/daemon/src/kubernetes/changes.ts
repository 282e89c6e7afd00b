import { abortable } from "../abortable.ts";

/** Waits for the next change of one session; a change between two waits counts. */
export interface ChangeWatcher {
  /** What happened until now does not count any more: call it before looking at the caches. */
  reset(): void;
  /** Resolves when something has changed since the last reset; throws the signal's reason. */
  changed(signal: AbortSignal): Promise<void>;
  [Symbol.dispose](): void;
}

/** Who waits for which session. Costs nothing for sessions that nobody waits for. */
export class Changes {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Wakes whoever waits for that session; all of them without a name. */
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
