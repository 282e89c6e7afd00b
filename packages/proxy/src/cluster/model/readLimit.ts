import type { Clock } from "@clauderon/base";

/** How long the answer about one principal stands, and how many are asked about in that time. */
const PERIOD_MS = 200;
const MOST = 10;

/**
 * Limits how often the API server is asked about principals that this proxy does not know: clients choose their user
 * names. Questions about one principal at the same time are one question.
 */
export class ReadLimit {
  readonly #clock: Pick<Clock, "monotonic">;
  #begin = Number.NEGATIVE_INFINITY;
  #asked = new Map<string, Promise<void>>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** Runs `read`, which never rejects, unless it ran for this principal a moment ago, or ran too often for others. */
  async once(principal: string, read: () => Promise<void>): Promise<void> {
    const now = this.#clock.monotonic();
    if (now - this.#begin >= PERIOD_MS) {
      this.#begin = now;
      this.#asked = new Map();
    }
    const asked = this.#asked.get(principal);
    if (asked !== undefined) return asked;
    if (this.#asked.size >= MOST) return;
    const reading = read();
    this.#asked.set(principal, reading);
    await reading;
  }
}
