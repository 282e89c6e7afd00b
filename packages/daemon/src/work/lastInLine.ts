import { abortable } from "../abortable.ts";

interface Turn<T> {
  readonly promise: Promise<T>;
  readonly stop: AbortController;
  readonly kind: string;
  /** How many callers still wait for it. */
  callers: number;
}

/**
 * Runs the work of one key one at a time. A caller who asks while work of the same kind waits for its turn shares that
 * work, because it starts after the call. So at most one piece of work runs and one of each kind waits. A caller stops
 * waiting when its signal aborts; the work stops when nobody waits for it.
 */
export class LastInLine<T> {
  readonly #running = new Map<string, Turn<T>>();
  readonly #waiting = new Map<string, Turn<T>>();

  async run(key: string, signal: AbortSignal, work: (stop: AbortSignal) => Promise<T>, kind = ""): Promise<T> {
    signal.throwIfAborted();
    const waiting = this.#waiting.get(key);
    // Waiting work that everybody has given up does nothing, so it cannot be shared.
    if (waiting?.kind === kind && waiting.callers > 0) return await join(waiting, signal);
    const running = this.#running.get(key);
    if (running === undefined) return await join(this.#begin(key, new AbortController(), work), signal);
    const stop = new AbortController();
    const promise = (waiting ?? running).promise
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        if (this.#waiting.get(key) === turn) this.#waiting.delete(key);
        stop.signal.throwIfAborted();
        return this.#begin(key, stop, work).promise;
      });
    const turn: Turn<T> = { promise, stop, kind, callers: 0 };
    this.#waiting.set(key, turn);
    return await join(turn, signal);
  }

  #begin(key: string, stop: AbortController, work: (stop: AbortSignal) => Promise<T>): Turn<T> {
    const promise = work(stop.signal).finally(() => {
      if (this.#running.get(key)?.promise === promise) this.#running.delete(key);
    });
    const turn: Turn<T> = { promise, stop, kind: "", callers: 0 };
    this.#running.set(key, turn);
    return turn;
  }
}

async function join<T>(turn: Turn<T>, signal: AbortSignal): Promise<T> {
  turn.callers += 1;
  try {
    return await abortable(turn.promise, signal);
  } finally {
    turn.callers -= 1;
    if (turn.callers === 0) turn.stop.abort();
  }
}
