import { childLabels, childNames, LABELS, type ResolvedAgentJob } from "@clauderon/kinds";
import { JOB_TTL_SECONDS, jobSpec } from "./job.ts";
import type { LiveCronJob } from "./objects.ts";
import { childMeta } from "./ownership.ts";

/** The CronJob of a scheduled AgentJob. All its Jobs, including manual ones, have the labels of the AgentJob. */
export function desiredCronJob(resolved: ResolvedAgentJob, schedule: string, hash: string): LiveCronJob {
  const { job } = resolved;
  const labels = { ...childLabels(job), [LABELS.configHash]: hash };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: childMeta(job, childNames(job).cronJob),
    spec: {
      schedule,
      timeZone: job.spec.timezone,
      suspend: job.spec.suspend,
      concurrencyPolicy: "Forbid",
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels },
        spec: { ...jobSpec(resolved, hash), ttlSecondsAfterFinished: JOB_TTL_SECONDS },
      },
    },
  };
}
