/** How a process ended. */
export interface Exit {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** The exit code as shells report it: 128 + n when signal n ended the process. */
export function exitCodeOf({ code, signal }: Exit, numbers: Readonly<Record<string, number>>): number {
  return code ?? 128 + (numbers[signal ?? ""] ?? 0);
}
