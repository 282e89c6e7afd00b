import type { KubeObject, WireObject } from "@clauderon/base";
import type { CronJob, Job } from "kubernetes-types/batch/v1.js";
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1.js";
import type {
  ConfigMap,
  Namespace,
  PersistentVolumeClaim,
  Pod,
  Secret,
  Service,
  ServiceAccount,
} from "kubernetes-types/core/v1.js";
import type { Event } from "kubernetes-types/events/v1.js";
import type { Lease } from "kubernetes-types/coordination/v1.js";
import type { ClusterRole, ClusterRoleBinding } from "kubernetes-types/rbac/v1.js";
import type { StorageClass } from "kubernetes-types/storage/v1.js";

/**
 * An API resource, with `T` as the type of its objects. Structural, so that pure code can hold such values without
 * importing this package: `object` is never set, it only carries the type.
 */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly object?: T;
}

/** One object of a resource; `namespace` is set exactly when the resource is namespaced. */
export interface ObjectRef {
  readonly namespace?: string;
  readonly name: string;
}

const namespaced = <T>(group: string, version: string, plural: string, kind: string): Resource<WireObject<T>> => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});

const clusterScoped = <T>(group: string, version: string, plural: string, kind: string): Resource<WireObject<T>> => ({
  group,
  version,
  plural,
  kind,
  namespaced: false,
});

/** The built-in resources we use, each with the type of its objects. */
export const PODS = namespaced<Pod>("", "v1", "pods", "Pod");
export const CONFIG_MAPS = namespaced<ConfigMap>("", "v1", "configmaps", "ConfigMap");
export const SECRETS = namespaced<Secret>("", "v1", "secrets", "Secret");
export const SERVICES = namespaced<Service>("", "v1", "services", "Service");
export const SERVICE_ACCOUNTS = namespaced<ServiceAccount>("", "v1", "serviceaccounts", "ServiceAccount");
export const PERSISTENT_VOLUME_CLAIMS = namespaced<PersistentVolumeClaim>(
  "",
  "v1",
  "persistentvolumeclaims",
  "PersistentVolumeClaim",
);
export const JOBS = namespaced<Job>("batch", "v1", "jobs", "Job");
export const CRON_JOBS = namespaced<CronJob>("batch", "v1", "cronjobs", "CronJob");
export const LEASES = namespaced<Lease>("coordination.k8s.io", "v1", "leases", "Lease");
export const EVENTS = namespaced<Event>("events.k8s.io", "v1", "events", "Event");

const RBAC = "rbac.authorization.k8s.io";
export const NAMESPACES = clusterScoped<Namespace>("", "v1", "namespaces", "Namespace");
export const STORAGE_CLASSES = clusterScoped<StorageClass>("storage.k8s.io", "v1", "storageclasses", "StorageClass");
export const CLUSTER_ROLES = clusterScoped<ClusterRole>(RBAC, "v1", "clusterroles", "ClusterRole");
export const CLUSTER_ROLE_BINDINGS = clusterScoped<ClusterRoleBinding>(
  RBAC,
  "v1",
  "clusterrolebindings",
  "ClusterRoleBinding",
);
export const CRDS = clusterScoped<CustomResourceDefinition>(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
);
