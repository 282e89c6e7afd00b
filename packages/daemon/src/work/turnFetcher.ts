import { type Backoff, backoffMs, type Clock, Fault, type Log } from "@clauderon/base";
import { tooManyBytes } from "@clauderon/protocol";
import type { SessionRecord } from "../backend.ts";
import type { SessionWork } from "../sessionWork.ts";
import { type FetchLimit, limitFault } from "./model/fetchLimit.ts";
import { fetchRestMs } from "./model/fetchRest.ts";

const RETRY: Backoff = { baseMs: 1_000, maxMs: 30_000 };
const MAX_TRIES = 5;

export interface TurnFetcherOptions {
  readonly work: Pick<SessionWork, "fetch">;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly limit: FetchLimit;
  /** How many bytes this has fetched from a session so far; undefined if the session is gone. */
  readonly fetchedBytes: (session: SessionRecord) => number | undefined;
  /** Adds to the bytes fetched. */
  readonly count: (session: SessionRecord, bytes: number) => void;
  /** Why the last turn's work was not fetched; undefined if it was. */
  readonly report: (session: SessionRecord, fault: Fault | undefined) => void;
}

/** The turns and fetches of a session, in the place that it has now. */
interface FetchState {
  /** Turns whose work was fetched, or will not be. */
  done: number;
  /** Turns whose work is being fetched. */
  wanted: number | undefined;
  restUntil: number;
  refusals: number;
}

type Outcome = "Fetched" | "Limited" | "Failed" | "Gone";

/**
 * Fetches a session's work into the user's repository after each turn of its agent, so that little is lost with its
 * machine. The session reports its turns and is not trusted: after each fetch comes a pause that grows with its cost,
 * and the fetches together have a limit.
 */
export class TurnFetcher {
  readonly #options: TurnFetcherOptions;
  readonly #states = new Map<string, FetchState>();

  constructor(options: TurnFetcherOptions) {
    this.#options = options;
  }

  /**
   * Takes the number of turns that a session's agent has ended. Never throws. What could not be fetched, for example
   * while the connection was lost, is tried again with the next call.
   */
  noted(session: SessionRecord, turns: number): void {
    if (!session.spec.worktree) return;
    const state = this.#state(session);
    // A new runner may count from the beginning.
    if (turns < state.done) state.done = 0;
    if (turns <= state.done) return;
    const isUnderWay = state.wanted !== undefined;
    state.wanted = turns;
    if (!isUnderWay) void this.#fetch(session, state);
  }

  async #fetch(session: SessionRecord, state: FetchState): Promise<void> {
    const { clock, signal } = this.#options;
    for (let tries = 1; tries <= MAX_TRIES && !signal.aborted; tries += 1) {
      const restMs = state.restUntil - clock.monotonic();
      if (restMs > 0) await clock.sleep(restMs, signal);
      if (signal.aborted) break;
      const turns = state.wanted ?? 0;
      const outcome = await this.#tryFetch(session, state, tries === MAX_TRIES);
      if (outcome === "Gone") break;
      if (outcome !== "Failed") state.done = turns;
      // A turn that has ended meanwhile gets a new series of tries.
      if (outcome !== "Failed" && state.wanted === turns) break;
      if (outcome !== "Failed") tries = 0;
      else if (tries < MAX_TRIES) await clock.sleep(backoffMs(RETRY, tries, 0.5), signal);
    }
    state.wanted = undefined;
  }

  async #tryFetch(session: SessionRecord, state: FetchState, isLast: boolean): Promise<Outcome> {
    const { work, clock, signal, limit, fetchedBytes, count, report } = this.#options;
    const soFar = fetchedBytes(session);
    if (soFar === undefined) return "Gone";
    const left = limit.bytes - soFar;
    if (left <= 0) return this.#refuse(session);
    const begun = clock.monotonic();
    let bytes = 0;
    try {
      bytes = await work.fetch(session, signal, left);
      state.refusals = 0;
      if (fetchedBytes(session) !== undefined) count(session, bytes);
      report(session, undefined);
      return "Fetched";
    } catch (thrown) {
      if (signal.aborted) return "Gone";
      if (thrown instanceof Fault && thrown.code === "REPOSITORY_UNAVAILABLE") state.refusals += 1;
      if (thrown instanceof Fault && thrown.message === tooManyBytes(session.name, left))
        return this.#refuse(session, thrown);
      this.#log(session, thrown);
      if (isLast && thrown instanceof Fault) report(session, thrown);
      return "Failed";
    } finally {
      const cost = { milliseconds: clock.monotonic() - begun, bytes, refusals: state.refusals };
      state.restUntil = clock.monotonic() + fetchRestMs(cost);
    }
  }

  #refuse(session: SessionRecord, cause?: Fault): Outcome {
    const { limit, report } = this.#options;
    const fault = limitFault(session.name, limit, cause);
    this.#log(session, fault);
    report(session, fault);
    return "Limited";
  }

  #log(session: SessionRecord, thrown: unknown): void {
    const isExpected = thrown instanceof Fault;
    const fields = { session: session.name, error: String(isExpected ? thrown.message : (thrown as Error).stack) };
    this.#options.log[isExpected ? "warn" : "error"]("Fetch after a turn failed", fields);
  }

  /** A session that continues in a new state after a loss begins with another commit. */
  #state({ uid, commit }: SessionRecord): FetchState {
    const key = `${uid} ${commit}`;
    const state = this.#states.get(key) ?? { done: 0, wanted: undefined, restUntil: 0, refusals: 0 };
    this.#states.set(key, state);
    return state;
  }
}
