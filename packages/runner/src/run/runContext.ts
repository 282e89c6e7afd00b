import type { Clock } from "@clauderon/base";
import type { RunnerConfig } from "../config.ts";
import type { Journal } from "./output/journal.ts";

/** What every step of a run uses. */
export interface RunContext {
  readonly config: RunnerConfig;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Aborted when the run must end early. */
  readonly stop: AbortSignal;
}
