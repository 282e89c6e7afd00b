import { AGENT_CONFIG_FILE } from "@clauderon/protocol";
import type { PodTemplateSpec } from "kubernetes-types/core/v1.js";
import { childLabels, childNames, LABELS, type ResolvedAgentJob } from "@clauderon/kinds";
import { jobEnvironment } from "./jobEnvironment.ts";
import { jobMounts } from "./jobMounts.ts";
import { type ContainerSettings, lockedDownPod } from "./lockedDown.ts";
import { proxiedJob } from "./proxiedJob.ts";
import { resourcesWithText } from "./quantityText.ts";

/**
 * The pod of a job's run, locked down as {@link lockedDownPod} says.
 *
 * No API token unless the job has a ClusterAccess. Behind a proxy, it has placeholders and no credential. Prompt and instructions come by ConfigMap, tokens of repositories as
 * files, the agent's credential as the one variable the image asks for; none of it is in arguments.
 */
export function jobPodTemplate(resolved: ResolvedAgentJob, hash: string): PodTemplateSpec {
  const { job, runtime, clusterAccess } = resolved;
  const proxied = proxiedJob(resolved);
  const container: ContainerSettings = {
    image: runtime.spec.image,
    ...(runtime.spec.imagePullPolicy && { imagePullPolicy: runtime.spec.imagePullPolicy }),
    ...(runtime.spec.command?.length && { command: runtime.spec.command }),
    env: jobEnvironment(resolved),
    ...(job.spec.envFrom?.length && { envFrom: job.spec.envFrom }),
    ...(job.spec.resources && { resources: resourcesWithText(job.spec.resources) }),
  };
  const pod = {
    restartPolicy: "Never",
    automountServiceAccountToken: clusterAccess !== undefined,
    ...(clusterAccess && { serviceAccountName: childNames(job).serviceAccount }),
    ...(runtime.spec.imagePullSecrets?.length && { imagePullSecrets: runtime.spec.imagePullSecrets }),
    ...proxied?.pod,
  };
  return {
    metadata: { labels: { ...childLabels(job), [LABELS.configHash]: hash, ...proxied?.labels } },
    spec: lockedDownPod(pod, container, jobMounts(resolved, AGENT_CONFIG_FILE)),
  };
}
