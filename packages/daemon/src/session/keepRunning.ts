import { type Clock, type Log, messageOf } from "@clauderon/base";

/** How long a worker pauses after an unexpected failure. */
const BUG_PAUSE_MS = 5_000;

interface KeepRunning {
  readonly session: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Runs a session's worker to its end. Logs each unexpected failure and runs the worker again. Never rejects. */
export async function keepRunning(run: () => Promise<void>, options: KeepRunning): Promise<void> {
  const { session, clock, log, signal } = options;
  while (!signal.aborted) {
    try {
      return await run();
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown.stack : messageOf(thrown);
      log.error("Worker failed", { session, error });
      await clock.sleep(BUG_PAUSE_MS, signal);
    }
  }
}
