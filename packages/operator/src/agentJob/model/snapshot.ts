import type { AgentJob, Resolution } from "@clauderon/kinds";
import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import type {
  LiveClusterRole,
  LiveClusterRoleBinding,
  LiveConfigMap,
  LiveCronJob,
  LiveJob,
  LivePod,
  LiveServiceAccount,
  LiveVolumeClaim,
} from "./objects.ts";

/** The children by kind, as they are live; whoever owns them. */
export interface Children {
  readonly ConfigMap?: LiveConfigMap | undefined;
  readonly PersistentVolumeClaim?: LiveVolumeClaim | undefined;
  readonly ServiceAccount?: LiveServiceAccount | undefined;
  readonly ClusterRole?: LiveClusterRole | undefined;
  readonly ClusterRoleBinding?: LiveClusterRoleBinding | undefined;
  readonly CronJob?: LiveCronJob | undefined;
}

export type ChildKind = keyof Children;

/** All that a plan may know of one AgentJob. */
export interface Snapshot {
  readonly job: AgentJob;
  readonly references: Resolution;
  readonly children: Children;
  /** Jobs of this very AgentJob (by uid), one-shot and scheduled, whatever their state. */
  readonly jobs: readonly LiveJob[];
  /** Pods of those Jobs, and of Jobs that are gone. */
  readonly pods: readonly LivePod[];
  /** The most that a ClusterAccess may grant; undefined: whatever the API server lets the operator grant. */
  readonly accessCeiling: readonly PolicyRule[] | undefined;
}
