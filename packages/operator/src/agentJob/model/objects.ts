import type { KubeObject } from "@clauderon/base";
import type { CronJob, Job } from "kubernetes-types/batch/v1.js";
import type { ConfigMap, PersistentVolumeClaim, Pod, ServiceAccount } from "kubernetes-types/core/v1.js";
import type { ClusterRole, ClusterRoleBinding } from "kubernetes-types/rbac/v1.js";

type Wire<T> = Omit<T, "apiVersion" | "kind" | "metadata"> & KubeObject;

export type LiveJob = Wire<Job>;
export type LivePod = Wire<Pod>;
export type LiveCronJob = Wire<CronJob>;
export type LiveConfigMap = Wire<ConfigMap>;
export type LiveVolumeClaim = Wire<PersistentVolumeClaim>;
export type LiveServiceAccount = Wire<ServiceAccount>;
export type LiveClusterRole = Wire<ClusterRole>;
export type LiveClusterRoleBinding = Wire<ClusterRoleBinding>;
