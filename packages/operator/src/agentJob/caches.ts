import {
  AGENT_AUTHS,
  AGENT_JOBS,
  AGENT_ROLES,
  AGENT_RUNTIMES,
  AGENT_SKILLS,
  type AgentAuth,
  type AgentJob,
  agentJobReferences,
  type AgentRole,
  type AgentRuntime,
  type AgentSkill,
  childLabels,
  CLUSTER_ACCESSES,
  type ClusterAccess,
  LABELS,
  MANAGED_BY,
  MCP_SERVERS,
  type McpServer,
  REPOSITORIES,
  type Repository,
} from "@clauderon/kinds";
import { type KubeObject, type ObjectMeta, objectKey } from "@clauderon/base";
import type { Informer, InformerSet } from "@clauderon/controller";
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  CRON_JOBS,
  JOBS,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  type Resource,
  SERVICE_ACCOUNTS,
  SERVICES,
} from "@clauderon/kube";
import { PROXY_SERVICE, USAGE_CONFIG_MAP } from "@clauderon/protocol/proxy";
import { labelKey } from "./model/ownership.ts";

export const AGENT_JOB_RESOURCE: Resource<AgentJob> = AGENT_JOBS;

/** The kinds that an AgentJob can refer to. */
export const REFERENCED = {
  AgentRuntime: AGENT_RUNTIMES as Resource<AgentRuntime>,
  AgentAuth: AGENT_AUTHS as Resource<AgentAuth>,
  AgentRole: AGENT_ROLES as Resource<AgentRole>,
  AgentSkill: AGENT_SKILLS as Resource<AgentSkill>,
  ClusterAccess: CLUSTER_ACCESSES as Resource<ClusterAccess>,
  McpServer: MCP_SERVERS as Resource<McpServer>,
  Repository: REPOSITORIES as Resource<Repository>,
} as const;

/** Indexes of the AgentJob cache: by the `Kind/namespace/name` of a reference, and by the labels of child objects. */
const BY_REFERENCE = "reference";
const BY_LABELS = "labels";

/** The caches that a pass reads. */
export type Caches = ReturnType<typeof openCaches>;

/** Creates an informer for each resource that AgentJobs depend on, in one namespace or in all if undefined. */
export function openCaches(informers: InformerSet, namespace: string | undefined) {
  const place = namespace === undefined ? {} : { namespace };
  const labelSelector = `${LABELS.managedBy}=${MANAGED_BY}`;
  const referenced = <T extends KubeObject>(resource: Resource<T>) => informers.informer(resource, place);
  const child = <T extends KubeObject>(resource: Resource<T>) =>
    informers.informer(resource, {
      ...(resource.namespaced ? place : {}),
      labelSelector,
      indexes: { [BY_LABELS]: keysOf },
    });
  return {
    agentJobs: informers.informer(AGENT_JOB_RESOURCE, {
      ...place,
      indexes: {
        [BY_REFERENCE]: (job: AgentJob) =>
          agentJobReferences(job).map(({ kind, name }) => referenceKey(kind, job.metadata.namespace, name)),
        [BY_LABELS]: (job: AgentJob) => keysOf({ metadata: { labels: childLabels(job) } }),
      },
    }),
    referenced: {
      AgentRuntime: referenced(REFERENCED.AgentRuntime),
      AgentAuth: referenced(REFERENCED.AgentAuth),
      AgentRole: referenced(REFERENCED.AgentRole),
      AgentSkill: referenced(REFERENCED.AgentSkill),
      ClusterAccess: referenced(REFERENCED.ClusterAccess),
      McpServer: referenced(REFERENCED.McpServer),
      Repository: referenced(REFERENCED.Repository),
    },
    children: {
      ConfigMap: child(CONFIG_MAPS),
      PersistentVolumeClaim: child(PERSISTENT_VOLUME_CLAIMS),
      ServiceAccount: child(SERVICE_ACCOUNTS),
      ClusterRole: child(CLUSTER_ROLES),
      ClusterRoleBinding: child(CLUSTER_ROLE_BINDINGS),
      CronJob: child(CRON_JOBS),
    },
    jobs: child(JOBS),
    pods: child(PODS),
    usage: informers.informer(CONFIG_MAPS, { ...place, fieldSelector: `metadata.name=${USAGE_CONFIG_MAP}` }),
    proxies: informers.informer(SERVICES, { ...place, fieldSelector: `metadata.name=${PROXY_SERVICE}` }),
  };
}

/** The objects with the labels of the AgentJob, in its namespace or cluster-scoped. Its uid is not checked yet. */
export function labelledFor<T extends KubeObject>(cache: Informer<T>, job: AgentJob): readonly T[] {
  return labelledAs(cache, labelKey({ labels: childLabels(job) }) ?? "");
}

/** The objects whose labels name the AgentJob `namespace/name`, whether it exists or not. */
export function labelledAs<T extends KubeObject>(cache: Pick<Informer<T>, "byIndex">, key: string): readonly T[] {
  return cache.byIndex(BY_LABELS, key);
}

/**
 * Calls `wake` with the key of every AgentJob that a change affects: the changed AgentJob, those that refer to the changed
 * object, those in the namespace of a changed proxy, those whose usage changed, and the one in the labels of the changed child object.
 */
export function wakeOnChange(caches: Caches, wake: (key: string) => void): void {
  const wakeAll = (jobs: readonly AgentJob[]) => {
    for (const { metadata } of jobs) wake(objectKey(metadata));
  };
  caches.agentJobs.onChange(({ object }) => wake(objectKey(object.metadata)));
  for (const [kind, cache] of Object.entries(caches.referenced)) {
    cache.onChange(({ object: { metadata } }: { readonly object: KubeObject }) =>
      wakeAll(caches.agentJobs.byIndex(BY_REFERENCE, referenceKey(kind, metadata.namespace, metadata.name))),
    );
  }
  caches.proxies.onChange(({ object: { metadata } }) =>
    wakeAll(caches.agentJobs.list().filter((job) => job.metadata.namespace === metadata.namespace)),
  );
  caches.usage.onChange(({ object: { metadata, data = {} }, old }) =>
    wakeAll(
      caches.agentJobs.list().filter(({ metadata: { namespace, uid = "" } }) => {
        return namespace === metadata.namespace && data[uid] !== old?.data?.[uid];
      }),
    ),
  );
  for (const cache of [...Object.values(caches.children), caches.jobs, caches.pods]) {
    cache.onChange(({ object, old }: { readonly object: KubeObject; readonly old?: KubeObject }) => {
      const keys = new Set([labelKey(object.metadata), labelKey(old?.metadata ?? {})]);
      for (const key of keys) if (key !== undefined) wakeAll(caches.agentJobs.byIndex(BY_LABELS, key));
    });
  }
}

function keysOf({ metadata }: { readonly metadata: Pick<ObjectMeta, "labels" | "namespace"> }): readonly string[] {
  const key = labelKey(metadata);
  return key === undefined ? [] : [key];
}

function referenceKey(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ""}/${name}`;
}
