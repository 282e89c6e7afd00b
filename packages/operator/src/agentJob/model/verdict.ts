import type { AgentJob, AgentJobPhase, RunStatus } from "@clauderon/kinds";
import {
  boundaryCondition,
  type ConditionDraft,
  type Obstacle,
  readyCondition,
  runMessage,
  runSucceededCondition,
  suspendedCondition,
} from "./conditions.ts";
import { hasRun, isFinished } from "./runs.ts";

/** The phase, message and conditions of an AgentJob. */
export interface Verdict {
  readonly phase: AgentJobPhase;
  readonly message: string;
  readonly conditions: readonly ConditionDraft[];
}

/** The inputs of {@link verdictOf}. */
export interface Facts {
  readonly job: AgentJob;
  /** Newest first. */
  readonly runs: readonly RunStatus[];
  /** Name of the one-shot run of the current inputs; undefined while a reference is missing. */
  readonly wanted: string | undefined;
  readonly obstacle: Obstacle | undefined;
  readonly isBehindProxy: boolean;
  /** What a due run is waiting for, as the end of a sentence. */
  readonly waitsFor: string | undefined;
}

/** Decides phase, message and conditions of an AgentJob. */
export function verdictOf(facts: Facts): Verdict {
  const { job, runs, obstacle } = facts;
  const { generation } = job.metadata;
  const run = currentRun(facts);
  const { phase, message } = standing(facts, run);
  const shown = isScheduled(job) && run?.reason === undefined ? (runs.find(isFinished) ?? run) : run;
  const waitsFor = isScheduled(job) || job.spec.suspend ? undefined : facts.waitsFor;
  const conditions = [
    readyCondition(obstacle),
    suspendedCondition(job),
    runSucceededCondition(shown, waitsFor),
    ...(facts.isBehindProxy ? [boundaryCondition(runs.find(isFinished))] : []),
  ];
  return {
    phase,
    message: obstacle?.message ?? message,
    conditions: conditions.map((one) => ({
      ...one,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    })),
  };
}

const isScheduled = ({ spec }: AgentJob) => spec.schedule !== undefined;

/** The run that decides the phase: the active run, or the run of the current inputs of a one-shot. */
function currentRun({ job, runs, wanted }: Facts): RunStatus | undefined {
  const active = runs.find((run) => !isFinished(run));
  if (active !== undefined || isScheduled(job)) return active;
  return wanted === undefined ? lastOfSameSpec(job, runs) : runs.find((run) => run.name === wanted && hasRun(run));
}

/** If a reference is missing, a result remains valid as long as nobody changes the AgentJob. */
function lastOfSameSpec({ status, metadata }: AgentJob, runs: readonly RunStatus[]): RunStatus | undefined {
  const stands = status?.phase === "Succeeded" || status?.phase === "Failed";
  return stands && status.observedGeneration === metadata.generation ? runs[0] : undefined;
}

type Standing = Pick<Verdict, "phase" | "message">;

function standing({ job, runs, obstacle, waitsFor }: Facts, run: RunStatus | undefined): Standing {
  if (run !== undefined) return ofRun(job, run);
  if (job.spec.suspend) return { phase: "Suspended", message: "Suspended: no run starts until spec.suspend is false" };
  if (obstacle !== undefined) return { phase: "Pending", message: obstacle.message };
  if (isScheduled(job)) return { phase: "Scheduled", message: schedule(job, runs[0]) };
  const message = waitsFor === undefined ? "The run is about to start" : `The next run is waiting for ${waitsFor}`;
  return { phase: "Pending", message };
}

function ofRun(job: AgentJob, run: RunStatus): Standing {
  const message = runMessage(run);
  if (isScheduled(job)) return { phase: "Running", message };
  if (run.reason === "JobSuspended" && job.spec.suspend) return { phase: "Suspended", message };
  if (run.reason !== "Suspended") return { phase: run.phase, message };
  return { phase: "Suspended", message: `${message}; it starts again when spec.suspend is false` };
}

function schedule({ spec }: AgentJob, last: RunStatus | undefined): string {
  const when = `Runs at "${spec.schedule}" (${spec.timezone})`;
  if (last === undefined) return when;
  const end = last.phase === "Succeeded" ? "succeeded" : `failed: ${last.message ?? "the reason is unknown"}`;
  return `${when}; the last run ${end}`;
}
