import type { AgentJob, AgentJobPhase, RunStatus } from "@clauderon/kinds";
import {
  type ConditionDraft,
  type Obstacle,
  readyCondition,
  runMessage,
  runSucceededCondition,
  suspendedCondition,
} from "./conditions.ts";
import { hasRun, isFinished } from "./runs.ts";

/** What an AgentJob's status says in words. */
export interface Verdict {
  readonly phase: AgentJobPhase;
  readonly message: string;
  readonly conditions: readonly ConditionDraft[];
}

/** The facts a verdict is made from. */
export interface Facts {
  readonly job: AgentJob;
  /** Newest first. */
  readonly runs: readonly RunStatus[];
  /** Name of the one-shot run that the inputs ask for; undefined while they are not known. */
  readonly wanted: string | undefined;
  readonly obstacle: Obstacle | undefined;
  /** What a due run waits for, as the end of a sentence. */
  readonly waitsFor: string | undefined;
}

/** Says in one phase, one sentence and the conditions where an AgentJob stands. */
export function verdictOf(facts: Facts): Verdict {
  const { job, runs, obstacle } = facts;
  const { generation } = job.metadata;
  const run = currentRun(facts);
  const { phase, message } = standing(facts, run);
  const told = isScheduled(job) && run?.reason === undefined ? (runs.find(isFinished) ?? run) : run;
  const waitsFor = isScheduled(job) || job.spec.suspend ? undefined : facts.waitsFor;
  const conditions = [readyCondition(obstacle), suspendedCondition(job), runSucceededCondition(told, waitsFor)];
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

/** The run that the phase speaks of: one that goes on, else of a one-shot the run of its inputs. */
function currentRun({ job, runs, wanted }: Facts): RunStatus | undefined {
  const active = runs.find((run) => !isFinished(run));
  if (active !== undefined || isScheduled(job)) return active;
  return wanted === undefined ? lastOfSameSpec(job, runs) : runs.find((run) => run.name === wanted && hasRun(run));
}

/** With a reference missing, a result still stands as long as nobody changed the AgentJob. */
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
  if (run.reason !== "Suspended") return { phase: run.phase, message };
  return { phase: "Suspended", message: `${message}; it starts again when spec.suspend is false` };
}

function schedule({ spec }: AgentJob, last: RunStatus | undefined): string {
  const when = `Runs at "${spec.schedule}" (${spec.timezone})`;
  if (last === undefined) return when;
  const end = last.phase === "Succeeded" ? "succeeded" : `failed: ${last.message ?? "the reason is unknown"}`;
  return `${when}; the last run ${end}`;
}
