import { type AgentJob, FINALIZER, LABELS, MANAGED_BY } from "@clauderon/kinds";
import type { KubeObject } from "@clauderon/base";
import { removeFinalizer } from "@clauderon/controller";
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  isNotFound,
  type KubeClient,
  type ListOptions,
  type Resource,
} from "@clauderon/kube";
import { AGENT_JOB_RESOURCE, type Caches, labelledAs } from "./caches.ts";
import { labelKey } from "./model/ownership.ts";

/** The binding first: without it, the role grants nothing. */
const CLUSTER_SCOPED = [
  ["ClusterRoleBinding", CLUSTER_ROLE_BINDINGS],
  ["ClusterRole", CLUSTER_ROLES],
] as const;

type Client = Pick<KubeClient, "get" | "list" | "delete" | "patch">;

/**
 * The keys of AgentJobs that no longer exist and whose cluster-scoped child objects still do, because somebody removed the
 * finalizer. `namespace` is the one that the operator watches: it does not see the AgentJobs of others.
 */
export function outlivedKeys({ agentJobs, children }: Caches, namespace: string | undefined): ReadonlySet<string> {
  const all: readonly KubeObject[] = [...children.ClusterRoleBinding.list(), ...children.ClusterRole.list()];
  const keys = all.flatMap(({ metadata }) => labelKey(metadata) ?? []);
  const isWatched = (key: string) => namespace === undefined || key.startsWith(`${namespace}/`);
  return new Set(keys.filter((key) => isWatched(key) && agentJobs.get(key) === undefined));
}

/**
 * Deletes the cluster-scoped child objects of an AgentJob that no longer exists. They would grant their permissions to the
 * next ServiceAccount of that name. Asks the API server first, because the cache may not have a new AgentJob yet.
 */
export async function sweep(caches: Caches, client: Client, key: string): Promise<void> {
  const [namespace = "", name = ""] = key.split("/");
  const found = CLUSTER_SCOPED.flatMap(([kind, resource]) =>
    labelledAs<KubeObject>(caches.children[kind], key).map((object) => ({ resource, object })),
  );
  if (found.length === 0 || (await client.get(AGENT_JOB_RESOURCE, { namespace, name })) !== undefined) return;
  for (const { resource, object } of found) await remove(client, resource, object);
}

/**
 * Deletes the cluster-scoped child objects of all AgentJobs, of one namespace if given, then removes the finalizers, so that
 * the AgentJobs can be deleted without an operator. Returns their numbers. Only for a cluster whose operator has stopped.
 */
export async function releaseFinalizers(
  client: Client,
  namespace: string | undefined,
): Promise<{ readonly deleted: number; readonly released: number }> {
  let [deleted, released] = [0, 0];
  for (const [, resource] of CLUSTER_SCOPED) {
    for (const object of await listAll(client, resource, { labelSelector: `${LABELS.managedBy}=${MANAGED_BY}` })) {
      const key = labelKey(object.metadata);
      if (key === undefined || (namespace !== undefined && !key.startsWith(`${namespace}/`))) continue;
      if (await remove(client, resource, object)) deleted += 1;
    }
  }
  for (const job of await agentJobsOf(client, namespace)) {
    if (job.metadata.finalizers?.includes(FINALIZER) !== true) continue;
    await removeFinalizer(client, AGENT_JOB_RESOURCE, job, FINALIZER);
    released += 1;
  }
  return { deleted, released };
}

/** Without its CRD there is no AgentJob. */
async function agentJobsOf(client: Client, namespace: string | undefined): Promise<readonly AgentJob[]> {
  try {
    return await listAll(client, AGENT_JOB_RESOURCE, namespace === undefined ? {} : { namespace });
  } catch (thrown) {
    if (isNotFound(thrown)) return [];
    throw thrown;
  }
}

async function listAll<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  selection: ListOptions,
): Promise<readonly T[]> {
  const all: T[] = [];
  let page: string | undefined;
  do {
    const list = await client.list(resource, { ...selection, limit: 500, ...(page && { continue: page }) });
    all.push(...list.items);
    page = list.metadata.continue;
  } while (page);
  return all;
}

/** Deletes that very object; false if it is gone already. */
async function remove(client: Client, resource: Resource, { metadata }: KubeObject): Promise<boolean> {
  const { name, uid } = metadata;
  const live = await client.get(resource, { name });
  if (live === undefined || live.metadata.uid !== uid || live.metadata.deletionTimestamp !== undefined) return false;
  await client.delete(resource, { name }, uid === undefined ? {} : { uid });
  return true;
}
