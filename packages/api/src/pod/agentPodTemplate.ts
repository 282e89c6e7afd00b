import { AGENT_CONFIG_FILE } from "@clauderon/protocol";
import type { Container, PodSecurityContext, PodTemplateSpec, SecurityContext } from "kubernetes-types/core/v1.js";
import { LABELS } from "../constants.ts";
import { childLabels, childNames } from "../run/childNames.ts";
import type { ResolvedAgentJob } from "../run/resolvedAgentJob.ts";
import { agentEnv } from "./agentEnv.ts";
import { agentVolumes } from "./agentVolumes.ts";
import { resourcesWithText } from "./quantityText.ts";

/** uid, gid and fsGroup of every agent: "nonroot" of the distroless images, as in the reference. */
const AGENT_ID = 65532;

const POD_SECURITY: PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: AGENT_ID,
  runAsGroup: AGENT_ID,
  fsGroup: AGENT_ID,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

const CONTAINER_SECURITY: SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** The name of the agent's container, for logs and exec. */
export const AGENT_CONTAINER = "agent";

/**
 * The pod of a run: the one place that decides what locked-down means. It passes Pod Security level restricted.
 *
 * One container, not root, with a read-only root file system, no capabilities and no privilege escalation. No API token
 * unless the job has a ClusterAccess. Prompt and instructions come by ConfigMap, tokens of repositories as files, the
 * agent's credential as the one variable the image asks for; none of it is in arguments.
 */
export function agentPodTemplate(resolved: ResolvedAgentJob, hash: string): PodTemplateSpec {
  const { job, runtime, clusterAccess } = resolved;
  const { volumes, volumeMounts } = agentVolumes(resolved, AGENT_CONFIG_FILE);
  const container: Container = {
    name: AGENT_CONTAINER,
    image: runtime.spec.image,
    ...(runtime.spec.imagePullPolicy && { imagePullPolicy: runtime.spec.imagePullPolicy }),
    ...(runtime.spec.command?.length && { command: runtime.spec.command }),
    env: agentEnv(resolved),
    ...(job.spec.envFrom?.length && { envFrom: job.spec.envFrom }),
    ...(job.spec.resources && { resources: resourcesWithText(job.spec.resources) }),
    volumeMounts,
    securityContext: CONTAINER_SECURITY,
    // Never the log's tail: a status has other readers than a log, and an image of others may print a secret.
    terminationMessagePolicy: "File",
  };
  return {
    metadata: { labels: { ...childLabels(job), [LABELS.configHash]: hash } },
    spec: {
      restartPolicy: "Never",
      enableServiceLinks: false,
      automountServiceAccountToken: clusterAccess !== undefined,
      ...(clusterAccess && { serviceAccountName: childNames(job).serviceAccount }),
      ...(runtime.spec.imagePullSecrets?.length && { imagePullSecrets: runtime.spec.imagePullSecrets }),
      securityContext: POD_SECURITY,
      containers: [container],
      volumes,
    },
  };
}
