import type { CliConfig } from "./config.ts";
import type { RunningChild } from "./process.ts";

/** What a command may use of the process it runs in. */
export interface CommandContext {
  readonly config: CliConfig;
  /** Prints the result of the command, on standard output. */
  print(text: string): void;
  /** Tells the user something beside the result, on standard error. */
  note(text: string): void;
  /** From now on Ctrl-C and SIGTERM stop this child, a second one kills it; the command then ends by itself. */
  stopOnSignal(this: void, child: RunningChild): void;
}
