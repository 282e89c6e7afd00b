import { jobPodTemplate } from "@clauderon/pods";
import { childNames, LABELS, type ResolvedAgentJob } from "@clauderon/kinds";
import type { JobSpec } from "kubernetes-types/batch/v1.js";
import type { LiveJob } from "./objects.ts";
import { childMeta } from "./ownership.ts";

/** How long a finished Job is kept, for its log and for `kubectl describe`. */
export const JOB_TTL_SECONDS = 86_400;

/**
 * The common spec of one-shot and scheduled Jobs: one pod, no retry, stopped after timeoutSeconds. No pod starts before an
 * earlier one is gone.
 */
export function jobSpec(resolved: ResolvedAgentJob, hash: string): JobSpec {
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: resolved.job.spec.timeoutSeconds,
    podReplacementPolicy: "Failed",
    template: jobPodTemplate(resolved, hash),
  };
}

/**
 * The Job of a one-shot run. It gets its TTL only after its result is recorded. Otherwise the Job could expire while the
 * operator is away, and the run would happen twice.
 */
export function oneShotJob(resolved: ResolvedAgentJob, hash: string): LiveJob {
  const meta = childMeta(resolved.job, childNames(resolved.job).job(hash));
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...meta, labels: { ...meta.labels, [LABELS.configHash]: hash } },
    spec: jobSpec(resolved, hash),
  };
}

/** The hash of a Job's inputs, from its label. */
export function configHashOf(job: LiveJob): string {
  return job.metadata.labels?.[LABELS.configHash] ?? "";
}
