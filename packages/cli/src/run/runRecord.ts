import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseJsonObject } from "@clauderon/base";
import { isRunning } from "@clauderon/process/signal";

/** In a run's folder, until the run is over: the ids of the processes that it belongs to, one a line. */
export const OWNERS_FILE = "owners";

/** In a run's folder: what it is, for `clauderon list`; and what its runner has told so far, a line for each step. */
const RECORD_FILE = "run.json";
export const STEPS_FILE = "steps.log";

/** What is written down of a run when it begins. */
export interface RunRecord {
  readonly agentJob: string;
  readonly agent: string;
  readonly createdTime: string;
  /** Of its worktrees. */
  readonly branches: readonly string[];
}

/** A run of `clauderon run` on this machine. */
export interface LocalRunState extends RunRecord {
  readonly name: string;
  readonly folder: string;
  /** `Stopped` has ended without an account of itself. */
  readonly phase: "Running" | "Succeeded" | "Failed" | "Stopped";
}

export function writeRunRecord(folder: string, record: RunRecord): void {
  writeFileSync(join(folder, RECORD_FILE), `${JSON.stringify(record)}\n`);
}

/** The runs there are, by name; folders without a record are passed over. */
export function readRuns(home: string): readonly LocalRunState[] {
  return runNames(home).flatMap((name) => readRun(home, name) ?? []);
}

/** One run; undefined when there is none of that name. */
export function readRun(home: string, name: string): LocalRunState | undefined {
  const folder = join(home, "runs", name);
  const record = parseJsonObject(tryRead(join(folder, RECORD_FILE)) ?? "") as RunRecord | undefined;
  return record === undefined ? undefined : { ...record, name, folder, phase: phaseOf(folder) };
}

function runNames(home: string): readonly string[] {
  try {
    return readdirSync(join(home, "runs")).toSorted();
  } catch {
    return []; // no run yet
  }
}

function phaseOf(folder: string): LocalRunState["phase"] {
  const owners = tryRead(join(folder, OWNERS_FILE))?.split("\n").filter(Boolean).map(Number) ?? [];
  if (owners.some(isRunning)) return "Running";
  const outcome = parseJsonObject(tryRead(join(folder, "summary.json")) ?? "")?.["outcome"];
  return outcome === undefined ? "Stopped" : outcome === "Succeeded" ? "Succeeded" : "Failed";
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
