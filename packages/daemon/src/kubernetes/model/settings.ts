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
  /** For records of older daemons, which name no limits. */
  readonly cpuLimit: string;
  readonly memoryLimit: string;
  /** Ignored files that belong to the work, as git pathspecs. */
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
