import { jobPodTemplate } from "@clauderon/pods";
import { childNames, LABELS, type ResolvedAgentJob } from "@clauderon/kinds";
import type { JobSpec } from "kubernetes-types/batch/v1.js";
import type { LiveJob } from "./objects.ts";
import { childMeta } from "./ownership.ts";

/** How long an ended Job is kept for its log and for `kubectl describe`. */
export const JOB_TTL_SECONDS = 86_400;

/**
 * What one-shot and scheduled Jobs share: one pod, no second try, ended after timeoutSeconds; a pod that is going away
 * is gone before another comes.
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
 * The Job of a one-shot run. It has no TTL: that comes when its result is recorded, so that neither a TTL that passes
 * nor an operator that was away can make a run happen twice.
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

/** The hash of the inputs a Job runs with, as its label has it. */
export function configHashOf(job: LiveJob): string {
  return job.metadata.labels?.[LABELS.configHash] ?? "";
}
