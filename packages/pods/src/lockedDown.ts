import type {
  Container,
  PodSecurityContext,
  PodSpec,
  SecurityContext,
  Volume,
  VolumeMount,
} from "kubernetes-types/core/v1.js";

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

/** A volume and where the agent's container sees it. */
export interface AgentMount {
  readonly volume: Volume;
  readonly path: string;
  readonly readOnly?: true;
}

/** What the agent's container says for itself; it cannot say anything of privileges. */
export type AgentContainer = Pick<
  Container,
  "image" | "imagePullPolicy" | "command" | "args" | "env" | "envFrom" | "resources"
>;

/** What the pod says for itself. */
export type AgentPod = Pick<
  PodSpec,
  | "restartPolicy"
  | "terminationGracePeriodSeconds"
  | "automountServiceAccountToken"
  | "serviceAccountName"
  | "imagePullSecrets"
>;

/**
 * The spec of a pod that runs an agent, of a job or of a session: the one place that decides what locked down means. It
 * passes Pod Security level restricted.
 *
 * One container, not root, with a read-only root file system, no capabilities and no privilege escalation, and no
 * variables of Services. Only the given mounts can be written.
 */
export function lockedDownPod(pod: AgentPod, container: AgentContainer, mounts: readonly AgentMount[]): PodSpec {
  const { restartPolicy, ...rest } = pod;
  return {
    ...(restartPolicy !== undefined && { restartPolicy }),
    enableServiceLinks: false,
    ...rest,
    securityContext: POD_SECURITY,
    containers: [
      {
        name: AGENT_CONTAINER,
        ...container,
        volumeMounts: mounts.map(mount),
        securityContext: CONTAINER_SECURITY,
        // Never the log's tail: a status has other readers than a log, and an image of others may print a secret.
        terminationMessagePolicy: "File",
      },
    ],
    volumes: mounts.map(({ volume }) => volume),
  };
}

/** An empty folder that lasts as long as the pod. */
export function scratchMount(name: string, path: string): AgentMount {
  return { volume: { name, emptyDir: {} }, path };
}

/** Files of a ConfigMap, each by its key, read-only. */
export function configMount(configMap: string, path: string, files: readonly string[]): AgentMount {
  const items = files.map((file) => ({ key: file, path: file }));
  return { volume: { name: "config", configMap: { name: configMap, items } }, path, readOnly: true };
}

/** A volume that outlives the pod. */
export function claimMount(name: string, claimName: string, path: string): AgentMount {
  return { volume: { name, persistentVolumeClaim: { claimName } }, path };
}

function mount({ volume, path, readOnly }: AgentMount): VolumeMount {
  return { name: volume.name, mountPath: path, ...(readOnly && { readOnly }) };
}
