import type { AgentJob, Resolution } from "@clauderon/kinds";
import type { UsageTotals } from "@clauderon/protocol/proxy";
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

/** The live objects with the names of child objects, including those of another owner. */
export interface Children {
  readonly ConfigMap?: LiveConfigMap | undefined;
  /** The ConfigMap with the grant for the proxy. */
  readonly Grant?: LiveConfigMap | undefined;
  readonly PersistentVolumeClaim?: LiveVolumeClaim | undefined;
  readonly ServiceAccount?: LiveServiceAccount | undefined;
  readonly ClusterRole?: LiveClusterRole | undefined;
  readonly ClusterRoleBinding?: LiveClusterRoleBinding | undefined;
  readonly CronJob?: LiveCronJob | undefined;
}

export type ChildKind = keyof Children;

/** Everything that the plan of an AgentJob depends on. */
export interface Snapshot {
  readonly job: AgentJob;
  readonly references: Resolution;
  readonly children: Children;
  /** Jobs of this AgentJob (by uid), one-shot and scheduled, in any state. */
  readonly jobs: readonly LiveJob[];
  /** Pods of those Jobs, and of deleted Jobs. */
  readonly pods: readonly LivePod[];
  /** What the proxy counted for all runs; undefined if it has nothing on them. */
  readonly usage: UsageTotals | undefined;
  /** Rules that a ClusterAccess cannot exceed; undefined leaves the limit to the API server. */
  readonly accessCeiling: readonly PolicyRule[] | undefined;
  /** Why no run can start with the CRDs of the cluster; undefined if they are up to date. */
  readonly crdProblem: string | undefined;
}
