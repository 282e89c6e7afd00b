import { Fault, type FaultCode } from "@clauderon/base/fault";
import { RUN_EXIT, type RunFailure } from "@clauderon/protocol";
import type { FinishedRun } from "./finishedRun.ts";

/** Failures that are not the agent's own. */
const CODES: Partial<Record<RunFailure, FaultCode>> = {
  TimedOut: "TIMEOUT",
  CloneFailed: "REPOSITORY_UNAVAILABLE",
  SkillFailed: "REPOSITORY_UNAVAILABLE",
  AgentMissing: "AGENT_UNAVAILABLE",
};

/** The Fault for a run that did not succeed; undefined when it succeeded. */
export function runFault(run: FinishedRun): Fault | undefined {
  if (run.exitCode === RUN_EXIT.succeeded) return undefined;
  const reason = run.summary?.reason ?? (run.exitCode === RUN_EXIT.timedOut ? "TimedOut" : "AgentCrashed");
  const message = run.summary?.message ?? `The runner exited with code ${run.exitCode}`;
  return new Fault(CODES[reason] ?? "AGENT_FAILED", `AgentJob "${run.agentJob}" failed: ${reason}: ${message}`, {
    hint: `See ${reason} in docs/errors.md, and the details in ${run.transcript ?? run.folder}`,
  });
}
