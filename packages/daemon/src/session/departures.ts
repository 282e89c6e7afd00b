/** Clients that wait for the deletion of a session. */
export class Departures {
  readonly #waiting = new Map<string, ((rescuedRef: string | undefined) => void)[]>();

  /** Resolves when the session is gone, with the ref that keeps its work, if there is one. */
  wait(name: string): PromiseWithResolvers<string | undefined> {
    const gone = Promise.withResolvers<string | undefined>();
    this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), gone.resolve]);
    return gone;
  }

  /** Tells the waiting clients that the session is gone. */
  settle(name: string, rescuedRef: string | undefined): void {
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    for (const resolve of waiting) resolve(rescuedRef);
  }
}
