import { lingeringContainer } from "./lingeringContainer.ts";
import type { LiveJob } from "./objects.ts";
import { podOwner } from "./runPlan.ts";
import { isFinished, jobEnd } from "./runs.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Jobs whose agent has ended and whose result is recorded, but which a container beside the agent keeps active. Deleting
 * one before its result is recorded would lose the result.
 */
export function lingeringJobs({ job, jobs, pods }: Snapshot): readonly LiveJob[] {
  const recorded = new Set((job.status?.runs ?? []).filter(isFinished).map(({ name }) => name));
  const isKept = ({ uid }: LiveJob["metadata"]) =>
    pods.some((pod) => podOwner(pod) === uid && lingeringContainer(pod) !== undefined);
  const active = jobs.filter((live) => jobEnd(live) === undefined && live.metadata.deletionTimestamp === undefined);
  return active.filter(({ metadata }) => recorded.has(metadata.name) && isKept(metadata));
}
