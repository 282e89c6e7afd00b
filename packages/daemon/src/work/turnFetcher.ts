import { type Backoff, backoffMs, type Clock, Fault, type Log } from "@clauderon/base";
import type { SessionRecord } from "../backend.ts";
import type { SessionWork } from "../sessionWork.ts";

const RETRY: Backoff = { baseMs: 1_000, maxMs: 30_000 };
const MAX_TRIES = 5;

export interface TurnFetcherOptions {
  readonly work: Pick<SessionWork, "fetch">;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Brings a session's work to the user's repository after each turn of its agent, so that little is lost with its machine. */
export class TurnFetcher {
  readonly #options: TurnFetcherOptions;
  /** Turns whose work is there, by the session's uid. */
  readonly #fetched = new Map<string, number>();
  /** Turns whose work is on its way. */
  readonly #wanted = new Map<string, number>();

  constructor(options: TurnFetcherOptions) {
    this.#options = options;
  }

  /**
   * Takes note of how many turns a session's agent has ended; never throws. What could not be fetched, as while the
   * connection is away, is tried again whenever this is called.
   */
  noted(session: SessionRecord, turns: number): void {
    const { uid, spec } = session;
    if (!spec.worktree || turns <= (this.#fetched.get(uid) ?? 0)) return;
    const isUnderWay = this.#wanted.has(uid);
    this.#wanted.set(uid, turns);
    if (!isUnderWay) void this.#fetch(session);
  }

  async #fetch(session: SessionRecord): Promise<void> {
    const { clock, signal } = this.#options;
    for (let tries = 1; tries <= MAX_TRIES && !signal.aborted; tries += 1) {
      const turns = this.#wanted.get(session.uid) ?? 0;
      const isThere = await this.#tryFetch(session);
      if (isThere) this.#fetched.set(session.uid, turns);
      // A turn that has ended meanwhile begins anew.
      if (isThere && this.#wanted.get(session.uid) === turns) break;
      if (isThere) tries = 0;
      else if (tries < MAX_TRIES) await clock.sleep(backoffMs(RETRY, tries, 0.5), signal);
    }
    this.#wanted.delete(session.uid);
  }

  async #tryFetch(session: SessionRecord): Promise<boolean> {
    const { work, log, signal } = this.#options;
    try {
      await work.fetch(session, signal);
      return true;
    } catch (thrown) {
      const isExpected = thrown instanceof Fault;
      const fields = { session: session.name, error: String(isExpected ? thrown.message : (thrown as Error).stack) };
      log[isExpected ? "warn" : "error"]("Fetch after a turn failed", fields);
      return false;
    }
  }
}
