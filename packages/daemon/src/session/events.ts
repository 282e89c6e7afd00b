import type { DaemonEvent } from "@clauderon/protocol";
import type { Progress } from "../backend.ts";

/** Passes events about sessions to all listeners. A listener must not throw, and stores what it cannot pass on yet. */
export class EventHub {
  readonly #listeners = new Set<(event: DaemonEvent) => void>();

  listen(listener: (event: DaemonEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reports the progress of a long operation on that session. */
  progressOf(name: string): Progress {
    return (step, percent) =>
      this.tell({ type: "progress", name, step, ...(percent === undefined ? {} : { percent }) });
  }

  tell(event: DaemonEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
