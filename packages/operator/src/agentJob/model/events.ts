import type { AgentJobStatus, RunStatus } from "@clauderon/kinds";
import type { ConditionDraft } from "./conditions.ts";

/** An event about the AgentJob, for `kubectl describe`. */
export interface EventDraft {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly action: string;
}

/** The events for the differences between the old and the new status. An unchanged status has no events. */
export function eventsBetween(
  old: AgentJobStatus | undefined,
  runs: readonly RunStatus[],
  conditions: readonly ConditionDraft[],
): readonly EventDraft[] {
  const before = new Map((old?.runs ?? []).map((run) => [run.name, run]));
  const ofRuns = runs.toReversed().flatMap((run) => ofRun(before.get(run.name), run));
  const ready = conditions.find(({ type }) => type === "Ready");
  const wasReady = old?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status !== "False" || (ready.reason === wasReady?.reason && ready.message === wasReady.message))
    return ofRuns;
  return [...ofRuns, { type: "Warning", reason: ready.reason, message: ready.message, action: "Reconcile" }];
}

function ofRun(before: RunStatus | undefined, run: RunStatus): readonly EventDraft[] {
  const action = "Run";
  const isNew = before === undefined || before.startTime !== run.startTime;
  const started: EventDraft = { type: "Normal", reason: "RunStarted", message: `Started run "${run.name}"`, action };
  const first = isNew ? [started] : [];
  if (!isNew && before.phase === run.phase && before.reason === run.reason) return [];
  if (run.phase === "Succeeded") {
    return [...first, { type: "Normal", reason: "RunSucceeded", message: `Run "${run.name}" succeeded`, action }];
  }
  if (run.reason === undefined || run.reason === "Suspended" || run.reason === "JobSuspended") return first;
  const message = `Run "${run.name}": ${run.message ?? run.reason}`;
  return [...first, { type: "Warning", reason: run.phase === "Failed" ? "RunFailed" : "RunWaiting", message, action }];
}
