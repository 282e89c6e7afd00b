import type { AgentJob, Reason, RunStatus } from "@clauderon/kinds";
import type { Condition } from "@clauderon/base";

/** A condition without lastTransitionTime, which depends on the old status. */
export type ConditionDraft = Omit<Condition, "lastTransitionTime" | "reason"> & { readonly reason: Reason };

/** Why the child objects of an AgentJob do not match its spec. */
export interface Obstacle {
  readonly reason: Reason;
  readonly message: string;
}

export function readyCondition(obstacle: Obstacle | undefined): ConditionDraft {
  if (obstacle !== undefined) return { type: "Ready", status: "False", ...obstacle };
  return { type: "Ready", status: "True", reason: "Reconciled", message: "All child objects match the spec" };
}

export function suspendedCondition({ spec }: AgentJob): ConditionDraft {
  return spec.suspend
    ? {
        type: "Suspended",
        status: "True",
        reason: "Suspended",
        message: "No new run starts while spec.suspend is true",
      }
    : { type: "Suspended", status: "False", reason: "NotSuspended", message: "New runs can start" };
}

const OF_PHASE = {
  Pending: { status: "Unknown", reason: "PodPending", message: "is waiting for its pod to start" },
  Running: { status: "Unknown", reason: "Running", message: "is running" },
  Succeeded: { status: "True", reason: "Succeeded", message: "succeeded" },
  Failed: { status: "False", reason: "AgentError", message: "failed" },
} as const satisfies Record<RunStatus["phase"], Pick<ConditionDraft, "status" | "reason" | "message">>;

/** The message of a run, or a sentence about its phase if it has no message. */
export function runMessage({ name, phase, message }: RunStatus): string {
  return message ?? `Run "${name}" ${OF_PHASE[phase].message}`;
}

/** The condition RunSucceeded for `run`; without a run, `waitsFor` is what the next run is waiting for. */
export function runSucceededCondition(run: RunStatus | undefined, waitsFor: string | undefined): ConditionDraft {
  const type = "RunSucceeded";
  if (run !== undefined) {
    const { status, reason } = OF_PHASE[run.phase];
    return { type, status, reason: (run.reason ?? reason) as Reason, message: runMessage(run) };
  }
  if (waitsFor === undefined) {
    return { type, status: "Unknown", reason: "NotStarted", message: "No run has started yet" };
  }
  return { type, status: "Unknown", reason: "WaitingForPreviousRun", message: `Waiting for ${waitsFor}` };
}

/** The condition BoundaryVerified of an AgentJob behind the proxy, by its newest finished run. */
export function boundaryCondition(run: RunStatus | undefined): ConditionDraft {
  const type = "BoundaryVerified";
  if (run?.reason === "BoundaryLeaks")
    return { type, status: "False", reason: "BoundaryLeaks", message: runMessage(run) };
  if (run?.boundaryVerified === true) {
    const message = `Run "${run.name}" tried the ways around its proxy, and none was open`;
    return { type, status: "True", reason: "BoundaryHolds", message };
  }
  const message = "No finished run has tried the ways around its proxy yet";
  return { type, status: "Unknown", reason: "NotVerified", message };
}
