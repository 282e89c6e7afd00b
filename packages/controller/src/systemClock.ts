import type { AbortSignalLike, Clock } from "@clauderon/base";

/** Longest delay of a timer; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The system clock. Its timers keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(milliseconds: number, signal?: AbortSignalLike): Promise<void> {
    if (milliseconds <= 0 || signal?.aborted === true) return;
    await timer(Math.min(milliseconds, MAX_TIMER_MS), signal);
    await systemClock.sleep(milliseconds - MAX_TIMER_MS, signal);
  },
};

/** An instant of a Clock as metav1.Time: RFC 3339 in whole seconds. */
export function timestamp(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, -5)}Z`;
}

/** An instant of a Clock as metav1.MicroTime. */
export function microTime(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, -1)}000Z`;
}

function timer(milliseconds: number, signal: AbortSignalLike | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timeout);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timeout = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end, { once: true });
  });
}
