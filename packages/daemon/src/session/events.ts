import type { DaemonEvent } from "@clauderon/protocol";

/** Tells everyone who listens what happens to sessions. A listener must not throw, and keeps what it cannot pass on itself. */
export class EventHub {
  readonly #listeners = new Set<(event: DaemonEvent) => void>();

  listen(listener: (event: DaemonEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: DaemonEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
