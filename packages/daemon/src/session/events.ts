import type { DaemonEvent } from "@clauderon/protocol";
import type { Progress } from "../backend.ts";

/** Tells everyone who listens what happens to sessions. A listener must not throw, and keeps what it cannot pass on itself. */
export class EventHub {
  readonly #listeners = new Set<(event: DaemonEvent) => void>();

  listen(listener: (event: DaemonEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells what a long operation on that session is at. */
  progressOf(name: string): Progress {
    return (step, percent) =>
      this.tell({ type: "progress", name, step, ...(percent === undefined ? {} : { percent }) });
  }

  tell(event: DaemonEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
