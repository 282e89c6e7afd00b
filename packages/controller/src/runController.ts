import { Fault, FAULTS, type Log, type Clock } from "@clauderon/base";
import { ApiError } from "@clauderon/kube";
import { orAborted } from "./orAborted.ts";
import type { WorkQueue } from "./workQueue.ts";

/** Result of a pass. With `requeueAfterMs` the key is reconciled again after that time, or earlier if a watch wakes it. */
export interface ReconcileResult {
  readonly requeueAfterMs?: number;
}

export interface ControllerOptions {
  readonly name: string;
  readonly queue: WorkQueue;
  /** Number of keys to reconcile at the same time. */
  readonly workers: number;
  /**
   * Reconciles the object of a key. The signal aborts when the controller stops: then finish the current step and start
   * nothing new.
   */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult | void>;
  readonly log: Log;
  readonly clock: Clock;
}

/** A watch wakes a key whose Fault has disposition wait. This requeue covers a watch that is missing. */
const WAIT_MS = 600_000;
/** Time to finish at a stop. Shorter than the rest of a lease after its renew deadline. */
const STOP_GRACE_MS = 4000;

/**
 * Reconciles the queue's keys until the signal aborts. Then it shuts the queue down and resolves when the active keys are
 * done, or after 4 s.
 *
 * The error that `reconcile` throws decides about the key. A Fault follows its disposition: `retry` requeues with backoff,
 * `wait` requeues after 10 minutes, `stop` does not requeue. An ApiError is retried with backoff, and not before the
 * server's Retry-After. Any other error is a bug: it is logged with its stack and retried with backoff. A failing key does
 * not stop the others.
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
