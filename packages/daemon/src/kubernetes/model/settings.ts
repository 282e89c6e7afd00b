import type { Config } from "@clauderon/config";

/** The configuration for sessions in Kubernetes. */
export interface KubernetesSettings {
  readonly namespace: string;
  /** The cluster's default if undefined. */
  readonly storageClass?: string | undefined;
  readonly storageSize: string;
  readonly imagePullSecrets: readonly string[];
  readonly image: string;
  readonly pullPolicy: "Always" | "IfNotPresent" | "Never";
  /** Used for records of older daemons, which have no limits. */
  readonly cpuLimit: string;
  readonly memoryLimit: string;
  /** Ignored files that are captured too, as git pathspecs. */
  readonly include: readonly string[];
}

export function kubernetesSettings({
  kubernetes: config,
  sync,
}: Pick<Config, "kubernetes" | "sync">): KubernetesSettings {
  return {
    namespace: config.namespace,
    storageClass: config.storage_class,
    storageSize: config.storage_size,
    imagePullSecrets: config.image_pull_secrets,
    image: config.image,
    pullPolicy: config.pull_policy,
    cpuLimit: config.cpu_limit,
    memoryLimit: config.memory_limit,
    include: sync.include,
  };
}
