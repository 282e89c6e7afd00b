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
}
