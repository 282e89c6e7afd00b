import { type AgentJob, childNames } from "@clauderon/kinds";
import { JOB_TTL_SECONDS, oneShotJob } from "./job.ts";
import type { LiveJob, LivePod } from "./objects.ts";
import { hasRun, isFinished, jobEnd } from "./runs.ts";
import type { Snapshot } from "./snapshot.ts";
import type { SpecPatch } from "./specPatch.ts";
import { suspension } from "./suspension.ts";

/** The changes to the Jobs of an AgentJob. */
export interface RunPlan {
  /** Active runs that the AgentJob no longer wants. Runs of a CronJob are deleted with it. */
  readonly replaced: readonly LiveJob[];
  readonly patches: readonly SpecPatch[];
  /** The Job to create. */
  readonly start: LiveJob | undefined;
  /** What a new run is waiting for, as the end of a sentence. */
  readonly waitsFor: string | undefined;
}

/**
 * Plans the runs. `hash` is the hash of the inputs, undefined while a reference is missing: then nothing starts, and active
 * runs continue.
 *
 * A one-shot runs once for each hash. A live Job or the status shows that a hash has run; a run that was replaced before it
 * finished does not count. A new run starts only when no CronJob, Job or pod of an old one is left.
 */
export function planRuns(snapshot: Snapshot, hash: string | undefined): RunPlan {
  const { job, jobs } = snapshot;
  const wanted = hash === undefined ? undefined : childNames(job).job(hash);
  const active = jobs.filter((live) => jobEnd(live) === undefined);
  const replaced = active.filter((live) => isReplaced(live, job, wanted));
  const waitsFor = wanted === undefined ? undefined : leftovers(snapshot, active, wanted);
  return { replaced, patches: patches(snapshot, replaced), start: planStart(snapshot, hash, waitsFor), waitsFor };
}

function planStart(snapshot: Snapshot, hash: string | undefined, waitsFor: string | undefined): LiveJob | undefined {
  const { resolved } = snapshot.references;
  if (hash === undefined || resolved === undefined || waitsFor !== undefined) return undefined;
  return isDue(snapshot, childNames(snapshot.job).job(hash)) ? oneShotJob(resolved, hash) : undefined;
}

/** True for a Job of a CronJob, scheduled or manual. */
export function isScheduledRun(live: LiveJob): boolean {
  return (live.metadata.ownerReferences ?? []).some(({ kind }) => kind === "CronJob");
}

function isReplaced(live: LiveJob, job: AgentJob, wanted: string | undefined): boolean {
  if (isScheduledRun(live)) return job.spec.schedule === undefined;
  return wanted !== undefined && live.metadata.name !== wanted;
}

function isDue({ job, jobs }: Snapshot, wanted: string): boolean {
  if (job.spec.schedule !== undefined || job.spec.suspend) return false;
  if (jobs.some(({ metadata }) => metadata.name === wanted)) return false;
  return !(job.status?.runs ?? []).some((run) => run.name === wanted && hasRun(run));
}

function leftovers({ children, pods, jobs }: Snapshot, active: readonly LiveJob[], wanted: string): string | undefined {
  const old = active.find(({ metadata }) => metadata.name !== wanted);
  if (old !== undefined) return `Job "${old.metadata.name}" of the previous inputs to finish`;
  const current = jobs.find(({ metadata }) => metadata.name === wanted)?.metadata.uid;
  const pod = pods.find((live) => !hasEnded(live) && podOwner(live) !== current);
  if (pod !== undefined) return `pod "${pod.metadata.name}" of a previous run to finish`;
  return children.CronJob === undefined ? undefined : `CronJob "${children.CronJob.metadata.name}" to be deleted`;
}

function hasEnded(pod: LivePod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** The uid of the Job that a pod belongs to. */
export function podOwner(pod: LivePod): string | undefined {
  return (pod.metadata.ownerReferences ?? []).find(({ kind }) => kind === "Job")?.uid;
}

function patches({ job, jobs }: Snapshot, replaced: readonly LiveJob[]): readonly SpecPatch[] {
  const recorded = new Set((job.status?.runs ?? []).filter(isFinished).map(({ name }) => name));
  return jobs.flatMap((live): readonly SpecPatch[] => {
    if (isScheduledRun(live) || replaced.includes(live) || live.metadata.deletionTimestamp !== undefined) return [];
    if (jobEnd(live) === undefined) return suspension(live, job.spec.suspend);
    if (!recorded.has(live.metadata.name) || live.spec?.ttlSecondsAfterFinished !== undefined) return [];
    return [{ kind: "Job", object: live, spec: { ttlSecondsAfterFinished: JOB_TTL_SECONDS } }];
  });
}
