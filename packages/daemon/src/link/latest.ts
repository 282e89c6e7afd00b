import type { Clock } from "@clauderon/base";

/** Short enough that nobody waits, long enough that changes without end cost little. */
const TICK_MS = 100;

/** Publishes a value that changes: the first change at once, and of those that follow closely only the latest. */
export class Latest<T> {
  readonly #clock: Clock;
  readonly #publish: (value: T) => void;
  #waiting: { readonly value: T } | undefined;
  #isResting = false;

  constructor(clock: Clock, publish: (value: T) => void) {
    this.#clock = clock;
    this.#publish = publish;
  }

  set(value: T): void {
    this.#waiting = { value };
    if (!this.#isResting) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isResting = true;
    while (this.#waiting !== undefined) {
      const { value } = this.#waiting;
      this.#waiting = undefined;
      this.#publish(value);
      await this.#clock.sleep(TICK_MS);
    }
    this.#isResting = false;
  }
}
