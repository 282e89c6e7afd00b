import type { CliConfig } from "./config.ts";

/** What a command may use of the process it runs in. */
export interface CommandContext {
  readonly config: CliConfig;
  /** Prints the result of the command, on standard output. */
  print(this: void, text: string): void;
  /** Tells the user something beside the result, on standard error. */
  note(this: void, text: string): void;
  /**
   * From now on Ctrl-C, SIGTERM and SIGHUP do not end the process: the first one aborts this signal with an `Interrupted`,
   * later ones do nothing. The command clears up and ends by itself. Without this call they end the process, as ever.
   */
  takeSignals(this: void): AbortSignal;
}
