import type { CliConfig } from "./config.ts";

/** What the standard streams of the command are. */
interface Terminals {
  /** Whether somebody can type into standard input, and reads standard output and standard error on a terminal. */
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
  /** Tells the user something beside the result, on standard error. */
  note(this: void, text: string): void;
  /**
   * From now on Ctrl-C, SIGTERM and SIGHUP do not end the process: the first one aborts this signal with an `Interrupted`,
   * later ones do nothing. The command clears up and ends by itself. Without this call they end the process, as ever.
   */
  takeSignals(this: void): AbortSignal;
  /** Called at the end of the process, however it ends short of SIGKILL; must not wait for anything. */
  atExit(this: void, cleanUp: () => void): void;
  /** Called each time the process goes on after it was stopped: a shell may have had the terminal meanwhile. */
  atResume(this: void, takeBack: () => void): void;
  /** Makes this the exit code of a command that ends without an error. */
  setExitCode(this: void, code: number): void;
}
