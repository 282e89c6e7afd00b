/** Time as an argument. Instants are milliseconds since the Unix epoch. */
export interface Clock {
  now(): number;
  /** Resolves after `milliseconds`, or at once when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal?: AbortSignalLike): Promise<void>;
}

/** The part of AbortSignal that pure code needs; the platform's own satisfies it. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
