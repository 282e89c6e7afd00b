import { abortable } from "../abortable.ts";

interface Place<T> {
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
  readonly #running = new Map<string, Place<T>>();
  readonly #waiting = new Map<string, Place<T>>();

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
        if (this.#waiting.get(key) === place) this.#waiting.delete(key);
        stop.signal.throwIfAborted();
        return this.#begin(key, stop, work).promise;
      });
    const place: Place<T> = { promise, stop, kind, callers: 0 };
    this.#waiting.set(key, place);
    return await join(place, signal);
  }

  #begin(key: string, stop: AbortController, work: (stop: AbortSignal) => Promise<T>): Place<T> {
    const promise = work(stop.signal).finally(() => {
      if (this.#running.get(key)?.promise === promise) this.#running.delete(key);
    });
    const place: Place<T> = { promise, stop, kind: "", callers: 0 };
    this.#running.set(key, place);
    return place;
  }
}

async function join<T>(place: Place<T>, signal: AbortSignal): Promise<T> {
  place.callers += 1;
  try {
    return await abortable(place.promise, signal);
  } finally {
    place.callers -= 1;
    if (place.callers === 0) place.stop.abort();
  }
}
