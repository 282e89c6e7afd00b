/** Time as an argument. */
export interface Clock {
  /** The wall clock: milliseconds since the Unix epoch. Somebody may set it at any time, so it does not measure how long something takes. */
  now(): number;
  /** Milliseconds since a fixed instant: for how long something takes. */
  monotonic(): number;
  /** Resolves after `milliseconds`, or at once when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal?: AbortSignalLike): Promise<void>;
}

/** The part of AbortSignal that pure code needs; the platform's own satisfies it. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
