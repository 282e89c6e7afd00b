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
  /** Turns whose work is there, by the session's place. */
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
    const place = placeOf(session);
    if (!session.spec.worktree) return;
    // A new runner may count from the beginning.
    if (turns < (this.#fetched.get(place) ?? 0)) this.#fetched.delete(place);
    if (turns <= (this.#fetched.get(place) ?? 0)) return;
    const isUnderWay = this.#wanted.has(place);
    this.#wanted.set(place, turns);
    if (!isUnderWay) void this.#fetch(session);
  }

  async #fetch(session: SessionRecord): Promise<void> {
    const { clock, signal } = this.#options;
    const place = placeOf(session);
    for (let tries = 1; tries <= MAX_TRIES && !signal.aborted; tries += 1) {
      const turns = this.#wanted.get(place) ?? 0;
      const isThere = await this.#tryFetch(session);
      if (isThere) this.#fetched.set(place, turns);
      // A turn that has ended meanwhile begins anew.
      if (isThere && this.#wanted.get(place) === turns) break;
      if (isThere) tries = 0;
      else if (tries < MAX_TRIES) await clock.sleep(backoffMs(RETRY, tries, 0.5), signal);
    }
    this.#wanted.delete(place);
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

/** A session that begins again elsewhere after a loss does so from another commit. */
const placeOf = ({ uid, commit }: SessionRecord): string => `${uid} ${commit}`;
