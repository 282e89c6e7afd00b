import { type Backoff, backoffMs, type Clock, Fault, type Log } from "@clauderon/base";
import type { SessionRecord } from "../backend.ts";
import type { SessionWork } from "../sessionWork.ts";

const RETRY: Backoff = { baseMs: 1_000, maxMs: 30_000 };
const MAX_TRIES = 5;

export interface TurnFetcherOptions {
  readonly work: Pick<SessionWork, "pull">;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Brings a session's work to the user's repository after each turn of its agent, so that little is lost with its machine. */
export class TurnFetcher {
  readonly #options: TurnFetcherOptions;
  /** Turns whose work is there or on its way. */
  readonly #turns = new Map<string, number>();

  constructor(options: TurnFetcherOptions) {
    this.#options = options;
  }

  /** Takes note of how many turns a session's agent has ended; never throws. */
  noted(session: SessionRecord, turns: number): void {
    if (!session.spec.worktree || turns <= (this.#turns.get(session.uid) ?? 0)) return;
    this.#turns.set(session.uid, turns);
    void this.#fetch(session);
  }

  async #fetch(session: SessionRecord): Promise<void> {
    const { work, clock, log, signal } = this.#options;
    for (let tries = 1; tries <= MAX_TRIES && !signal.aborted; tries += 1) {
      try {
        await work.pull(session, signal);
        return;
      } catch (thrown) {
        const isExpected = thrown instanceof Fault;
        const fields = { session: session.name, error: String(isExpected ? thrown.message : (thrown as Error).stack) };
        log[isExpected ? "warn" : "error"]("Fetch after a turn failed", fields);
        if (tries < MAX_TRIES) await clock.sleep(backoffMs(RETRY, tries, 0.5), signal);
      }
    }
  }
}
