import type { CliConfig } from "./config.ts";

/** Which standard streams of the command are terminals. */
interface Terminals {
  /** Whether each stream is a terminal. */
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** What a command may use of the process it runs in. */
export interface CommandContext {
  readonly config: CliConfig;
  readonly terminals: Terminals;
  /** Prints the result of the command, on standard output. */
  print(this: void, text: string): void;
  /** Prints a note for the user on standard error, beside the result. */
  note(this: void, text: string): void;
  /**
   * From now on Ctrl-C, SIGTERM and SIGHUP do not end the process: the first one aborts this signal with an `Interrupted`,
   * later ones do nothing. The command cleans up and ends by itself. Without this call the signals end the process.
   */
  takeSignals(this: void): AbortSignal;
  /** Registers a call for the end of the process, except by SIGKILL; it must not wait for anything. */
  atExit(this: void, cleanUp: () => void): void;
  /** Registers a call for each time the process continues after a stop: a shell may have used the terminal meanwhile. */
  atResume(this: void, takeBack: () => void): void;
  /** Makes this the exit code of a command that ends without an error. */
  setExitCode(this: void, code: number): void;
}
