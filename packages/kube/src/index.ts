export {
  ApiError,
  isAlreadyExists,
  isConflict,
  isForbidden,
  isGone,
  isInvalid,
  isNotFound,
  isUnauthorized,
  type StatusDetails,
} from "./apiError.ts";
export { exec, type ExecOptions, type ExecOutcome, type TerminalSize } from "./exec.ts";
export { type Action, isAllowed, userName } from "./selfReview.ts";
export { HttpKubeClient } from "./httpKubeClient.ts";
export type { KubeAccess } from "./kubeAccess.ts";
export type {
  ApplyOptions,
  DeleteOptions,
  JsonPatch,
  KubeClient,
  KubeResponse,
  ListOptions,
  MergePatch,
  ObjectList,
  RequestOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from "./kubeClient.ts";
export { type KubeConfigOptions, loadKubeConfig } from "./loadKubeConfig.ts";
export {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  CRDS,
  CRON_JOBS,
  EVENTS,
  JOBS,
  LEASES,
  NAMESPACES,
  type ObjectRef,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  type Resource,
  SECRETS,
  SERVICES,
  SERVICE_ACCOUNTS,
  STORAGE_CLASSES,
} from "./resource.ts";
export type { TransportOptions } from "./transport.ts";
