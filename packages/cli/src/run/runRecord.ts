import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseJsonObject } from "@clauderon/base";
import { isRunning } from "@clauderon/process/signal";

/** A file in a run's folder while the run lasts: the ids of its processes, one per line. */
export const OWNERS_FILE = "owners";

/**
 * Files in a run's folder: what `clauderon list` shows about it, and what its runner has printed so far, a line for
 * each step.
 */
const RECORD_FILE = "run.json";
export const STEPS_FILE = "steps.log";

/** What a run records when it begins. */
export interface RunRecord {
  readonly agentJob: string;
  readonly agent: string;
  readonly createdTime: string;
  /** The branches of its worktrees. */
  readonly branches: readonly string[];
}

/** A run of `clauderon run` on this machine. */
export interface LocalRunState extends RunRecord {
  readonly name: string;
  readonly folder: string;
  /** `Stopped` has ended without a summary. */
  readonly phase: "Running" | "Succeeded" | "Failed" | "Stopped";
}

export function writeRunRecord(folder: string, record: RunRecord): void {
  writeFileSync(join(folder, RECORD_FILE), `${JSON.stringify(record)}\n`);
}

/** All runs by name; folders without a record are skipped. */
export function readRuns(home: string): readonly LocalRunState[] {
  return runNames(home).flatMap((name) => readRun(home, name) ?? []);
}

/** One run; undefined when no run has that name. */
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
