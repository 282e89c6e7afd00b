import { Fault, FAULTS, type Log } from "@clauderon/base";
import { ApiError } from "@clauderon/kube";
import { orAborted } from "./orAborted.ts";
import type { MonotonicClock } from "./systemClock.ts";
import type { WorkQueue } from "./workQueue.ts";

/** What a pass asks for: to be called again after that time, should nothing else wake the key before. */
export interface ReconcileResult {
  readonly requeueAfterMs?: number;
}

export interface ControllerOptions {
  readonly name: string;
  readonly queue: WorkQueue;
  /** How many keys are worked on at a time. */
  readonly workers: number;
  /**
   * Brings one object to where it should be; called for a key, never for an event. The signal aborts when the controller
   * is to stop: what is half done should be finished, nothing new begun.
   */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult | void>;
  readonly log: Log;
  readonly clock: MonotonicClock;
}

/** A Fault that waits is woken by a watch; this is for the watch that nobody thought of. */
const WAIT_MS = 600_000;
/** Time to finish at a stop. Shorter than what is left of a lease when its holder gives up renewing it. */
const STOP_GRACE_MS = 4000;

/**
 * Works on the queue's keys until the signal aborts, then shuts the queue down and resolves when the keys being worked on
 * are done, or after 4 s.
 *
 * What `reconcile` throws decides what follows. A Fault by its disposition: `retry` with backoff, `wait` once more in 10
 * minutes at the latest, `stop` nothing. An ApiError is retried with backoff, not before the server's Retry-After.
 * Anything else is a bug: logged with its stack and retried with backoff. No key's failure stops another.
 */
export async function runController(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const log = options.log.with({ controller: options.name });
  const workers = Array.from({ length: options.workers }, () => work(options, log, signal));
  await orAborted(Promise.all(workers), signal);
  const drained = new AbortController();
  const working = options.queue.shutDown().then(() => drained.abort());
  await Promise.race([working, options.clock.sleep(STOP_GRACE_MS, drained.signal)]);
  if (!drained.signal.aborted) log.warn("Stopped before every key was done", { graceMs: STOP_GRACE_MS });
}

async function work(options: ControllerOptions, log: Log, signal: AbortSignal): Promise<void> {
  const { queue } = options;
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    try {
      const result = await options.reconcile(key, signal);
      queue.forget(key);
      if (result?.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs);
    } catch (thrown) {
      handleFailure(options.queue, log.with({ key }), key, thrown);
    } finally {
      queue.done(key);
    }
  }
}

function handleFailure(queue: WorkQueue, log: Log, key: string, thrown: unknown): void {
  if (thrown instanceof Fault) {
    requeue(queue, log, key, thrown);
    return;
  }
  if (thrown instanceof ApiError) {
    log.warn("The API server rejected a request; retrying", { reason: thrown.reason, error: thrown.message });
    if (thrown.retryAfterMs === undefined) queue.addRateLimited(key);
    else queue.addAfter(key, thrown.retryAfterMs);
    return;
  }
  log.error("Reconciling failed because of a bug; retrying", {
    error: thrown instanceof Error ? thrown.stack : thrown,
  });
  queue.addRateLimited(key);
}

function requeue(queue: WorkQueue, log: Log, key: string, fault: Fault): void {
  const fields = { code: fault.code, error: fault.message, hint: fault.hint };
  const { disposition } = FAULTS[fault.code];
  switch (disposition) {
    case "retry":
      log.warn("Reconciling failed; retrying", fields);
      return queue.addRateLimited(key);
    case "wait":
      log.info("Waiting for a change", fields);
      queue.forget(key);
      return queue.addAfter(key, WAIT_MS);
    case "stop":
      log.error("Stopped reconciling until the object changes", fields);
      return queue.forget(key);
  }
}
