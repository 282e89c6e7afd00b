import type { Config } from "@clauderon/config";

/** What the configuration says of sessions in Kubernetes. */
export interface KubernetesSettings {
  readonly namespace: string;
  /** The cluster's default when left out. */
  readonly storageClass?: string | undefined;
  readonly storageSize: string;
  readonly imagePullSecrets: readonly string[];
  readonly image: string;
  readonly pullPolicy: "Always" | "IfNotPresent" | "Never";
  /** Limits of sessions that were asked for none. */
  readonly cpuLimit: string;
  readonly memoryLimit: string;
  /** Ignored files that belong to the work, as git pathspecs. */
  readonly include: readonly string[];
}

/** Of sessions and configurations that say nothing. */
const DEFAULTS = { image: "localhost/clauderon-agent:dev", cpuLimit: "2", memoryLimit: "4Gi" } as const;

export function kubernetesSettings({
  kubernetes: config,
  sync,
}: Pick<Config, "kubernetes" | "sync">): KubernetesSettings {
  return {
    namespace: config.namespace,
    storageClass: config.storage_class,
    storageSize: config.storage_size,
    imagePullSecrets: config.image_pull_secrets,
    image: config.image ?? DEFAULTS.image,
    pullPolicy: config.pull_policy,
    cpuLimit: config.cpu_limit ?? DEFAULTS.cpuLimit,
    memoryLimit: config.memory_limit ?? DEFAULTS.memoryLimit,
    include: sync.include,
  };
}
