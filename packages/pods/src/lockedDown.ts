import type {
  Container,
  PodSecurityContext,
  PodSpec,
  SecurityContext,
  Volume,
  VolumeMount,
} from "kubernetes-types/core/v1.js";

/** uid, gid and fsGroup of every agent: the user "nonroot" of distroless images. Files on existing volumes belong to it. */
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

/** Name of the agent's container, for logs and exec. */
export const AGENT_CONTAINER = "agent";

/** A volume and its mount path in the agent's container. */
export interface Mount {
  readonly volume: Volume;
  readonly path: string;
  readonly readOnly?: true;
}

/** The container settings that callers choose. Privileges are not among them. */
export type ContainerSettings = Pick<
  Container,
  "image" | "imagePullPolicy" | "command" | "args" | "env" | "envFrom" | "resources"
>;

/** The pod settings that callers choose. */
export type PodSettings = Pick<
  PodSpec,
  | "restartPolicy"
  | "terminationGracePeriodSeconds"
  | "automountServiceAccountToken"
  | "serviceAccountName"
  | "imagePullSecrets"
  | "hostAliases"
  | "dnsPolicy"
  | "dnsConfig"
>;

/**
 * The spec of a pod that runs an agent, for jobs and sessions. This is the only place that decides what locked down means.
 * The pod complies with Pod Security level restricted.
 *
 * It has one container, which does not run as root and has a read-only root file system, no capabilities, no privilege
 * escalation and no variables of Services. Only the given mounts are writable.
 */
export function lockedDownPod(pod: PodSettings, container: ContainerSettings, mounts: readonly Mount[]): PodSpec {
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
        // Not the end of the log: more people can read a status than a log, and the image may print a secret.
        terminationMessagePolicy: "File",
      },
    ],
    volumes: mounts.map(({ volume }) => volume),
  };
}

/** An empty folder that lasts as long as the pod. */
export function scratchMount(name: string, path: string): Mount {
  return { volume: { name, emptyDir: {} }, path };
}

/** Files of a ConfigMap, each by its key, read-only. */
export function configMount(configMap: string, path: string, files: readonly string[]): Mount {
  const items = files.map((file) => ({ key: file, path: file }));
  return { volume: { name: "config", configMap: { name: configMap, items } }, path, readOnly: true };
}

/** A volume that outlives the pod. */
export function claimMount(name: string, claimName: string, path: string): Mount {
  return { volume: { name, persistentVolumeClaim: { claimName } }, path };
}

function mount({ volume, path, readOnly }: Mount): VolumeMount {
  return { name: volume.name, mountPath: path, ...(readOnly && { readOnly }) };
}
