import type { AbortSignalLike } from "../../packages/base/src/index.ts";

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Time that passes only when a test says so. It has the wall's time and, apart from it, a monotonic one. */
export class FakeClock {
  #wall = Date.parse("2026-01-01T00:00:00Z");
  #monotonic = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  sleep(milliseconds: number, signal?: AbortSignalLike): Promise<void> {
    if (milliseconds <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper = { due: this.#monotonic + milliseconds, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** Lets time pass: wakes every sleeper at its own instant, in order, and lets the woken code run before it continues. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#monotonic + milliseconds;
    await settled();
    for (let next = this.#first(); next !== undefined && next.due <= end; next = this.#first()) {
      this.#pass(next.due - this.#monotonic);
      next.wake();
      await settled();
    }
    this.#pass(end - this.#monotonic);
  }

  /** Somebody sets the wall clock. No time passes. */
  jump(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  /** How long the next sleeper still sleeps; undefined when no code sleeps. */
  get nextInMs(): number | undefined {
    const first = this.#first();
    return first === undefined ? undefined : first.due - this.#monotonic;
  }

  #first(): Sleeper | undefined {
    return [...this.#sleepers].toSorted((a, b) => a.due - b.due)[0];
  }

  #pass(milliseconds: number): void {
    this.#monotonic += milliseconds;
    this.#wall += milliseconds;
  }
}

/** Resolves when all code that can run without time passing has run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
