import { abortable } from "../abortable.ts";

interface Place<T> {
  readonly promise: Promise<T>;
  readonly stop: AbortController;
  readonly kind: string;
  /** How many still wait for it. */
  callers: number;
}

/**
 * Runs work of one key one at a time. A caller who asks while some of the same kind waits for its turn shares that, which begins
 * after they asked; so there is never more than one running and one of each kind waiting. A caller stops waiting when their signal aborts; the work is
 * stopped when nobody waits for it any more.
 */
export class LastInLine<T> {
  readonly #running = new Map<string, Place<T>>();
  readonly #waiting = new Map<string, Place<T>>();

  async run(key: string, signal: AbortSignal, work: (stop: AbortSignal) => Promise<T>, kind = ""): Promise<T> {
    signal.throwIfAborted();
    const waiting = this.#waiting.get(key);
    // What was given up before its turn does nothing.
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
