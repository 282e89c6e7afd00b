import type { WireObject } from "@clauderon/base";
import type { CronJob, Job } from "kubernetes-types/batch/v1.js";
import type { ConfigMap, PersistentVolumeClaim, Pod, ServiceAccount } from "kubernetes-types/core/v1.js";
import type { ClusterRole, ClusterRoleBinding } from "kubernetes-types/rbac/v1.js";

export type LiveJob = WireObject<Job>;
export type LivePod = WireObject<Pod>;
export type LiveCronJob = WireObject<CronJob>;
export type LiveConfigMap = WireObject<ConfigMap>;
export type LiveVolumeClaim = WireObject<PersistentVolumeClaim>;
export type LiveServiceAccount = WireObject<ServiceAccount>;
export type LiveClusterRole = WireObject<ClusterRole>;
export type LiveClusterRoleBinding = WireObject<ClusterRoleBinding>;
