import {
  type AgentJob,
  childNames,
  FINALIZER,
  type FindReference,
  isBehindProxy,
  LABELS,
  MAX_RUNS,
  type Resolution,
  resolveReferences,
} from "@clauderon/kinds";
import { type KubeObject, objectKey } from "@clauderon/base";
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, JOBS, type KubeClient, PODS } from "@clauderon/kube";
import { parseUsageTotals, PROXY_SERVICE, USAGE_CONFIG_MAP, type UsageTotals } from "@clauderon/protocol/proxy";
import { type Caches, labelledFor, REFERENCED } from "./caches.ts";
import { terminated } from "./model/failureCause.ts";
import type { LiveJob, LivePod } from "./model/objects.ts";
import { isOfRuns } from "./model/ownership.ts";
import { podOwner } from "./model/runPlan.ts";
import { isFinished, jobEnd } from "./model/runs.ts";
import type { Children, Snapshot } from "./model/snapshot.ts";

/** A snapshot without what is the same for all AgentJobs. */
export type Gathered = Omit<Snapshot, "accessCeiling" | "crdProblem">;

type Client = Pick<KubeClient, "get" | "list">;

/**
 * Gathers everything that the plan of this AgentJob needs, from the caches.
 *
 * Asks the API server only if an outdated cache would do harm: for the Job of an active run that is not in the cache; for the
 * termination message of a finished Job's pod; for a reference before it is first reported as missing, because users apply
 * an AgentJob and its references together; and for cluster-scoped objects before the finalizer is removed.
 */
export async function gather(caches: Caches, client: Client, job: AgentJob): Promise<Gathered> {
  const isOurs = (object: KubeObject) => isOfRuns(job, object);
  const cached = labelledFor(caches.jobs, job).filter(isOurs);
  const jobs = [...cached, ...(await unseenJobs(client, job, cached))];
  const pods = labelledFor(caches.pods, job).filter(isOurs);
  return {
    job,
    references: withProxy(caches, await gatherReferences(caches, client, job)),
    children: await gatherChildren(caches, client, job),
    jobs,
    usage: usageOf(caches, job),
    pods: isPodLate(job, jobs, pods) ? await livePods(client, job) : pods,
  };
}

async function gatherReferences(caches: Caches, client: Client, job: AgentJob): Promise<Resolution> {
  const { namespace = "" } = job.metadata;
  const cached: FindReference = (kind, name) => caches.referenced[kind].get(`${namespace}/${name}`);
  const resolution = resolveReferences(job, cached);
  if (resolution.missing === undefined || isReported(job)) return resolution;
  const live = new Map<string, KubeObject>();
  for (const { kind, name } of resolution.missing) {
    const object = await client.get<KubeObject>(REFERENCED[kind], { namespace, name });
    if (object !== undefined) live.set(`${kind}/${name}`, object);
  }
  return resolveReferences(job, (kind, name) => cached(kind, name) ?? live.get(`${kind}/${name}`));
}

/** The address of the namespace's proxy, for runs behind it. */
function withProxy({ proxies }: Caches, resolution: Resolution): Resolution {
  const { resolved } = resolution;
  if (resolved === undefined || !isBehindProxy(resolved)) return resolution;
  const { namespace = "" } = resolved.job.metadata;
  const address = proxies.get(`${namespace}/${PROXY_SERVICE}`)?.spec?.clusterIP;
  // A headless Service has the address "None".
  return address === undefined || !/[.:]/.test(address)
    ? resolution
    : { resolved: { ...resolved, proxyAddress: address } };
}

/** What the proxy counted for the AgentJob, of which the proxy keeps only the latest. */
function usageOf({ usage }: Caches, { metadata }: AgentJob): UsageTotals | undefined {
  const { namespace = "", uid = "" } = metadata;
  return parseUsageTotals(usage.get(`${namespace}/${USAGE_CONFIG_MAP}`)?.data?.[uid] ?? "");
}

function isReported({ metadata, status }: AgentJob): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.observedGeneration === metadata.generation && ready?.reason.endsWith("NotFound") === true;
}

async function gatherChildren(caches: Caches, client: Client, job: AgentJob): Promise<Children> {
  const names = childNames(job);
  const { namespace = "" } = job.metadata;
  const key = (name: string) => objectKey({ namespace, name });
  const { children } = caches;
  const ending = job.metadata.deletionTimestamp !== undefined || job.spec.clusterAccessRef === undefined;
  const asksServer = ending && (job.metadata.finalizers?.includes(FINALIZER) ?? false);
  const ref = { name: names.clusterRole };
  return {
    ConfigMap: children.ConfigMap.get(key(names.config)),
    Grant: children.ConfigMap.get(key(names.grant)),
    PersistentVolumeClaim: children.PersistentVolumeClaim.get(key(names.data)),
    ServiceAccount: children.ServiceAccount.get(key(names.serviceAccount)),
    CronJob: children.CronJob.get(key(names.cronJob)),
    ClusterRole: asksServer ? await client.get(CLUSTER_ROLES, ref) : children.ClusterRole.get(ref.name),
    ClusterRoleBinding: asksServer
      ? await client.get(CLUSTER_ROLE_BINDINGS, ref)
      : children.ClusterRoleBinding.get(ref.name),
  };
}

async function unseenJobs(client: Client, job: AgentJob, seen: readonly LiveJob[]): Promise<readonly LiveJob[]> {
  const { namespace = "" } = job.metadata;
  const names = new Set(seen.map(({ metadata }) => metadata.name));
  const active = (job.status?.runs ?? []).filter((run) => !isFinished(run) && !names.has(run.name));
  const found = await Promise.all(active.map(({ name }) => client.get(JOBS, { namespace, name })));
  return found.filter((live) => live !== undefined).filter((live) => isOfRuns(job, live));
}

/** True if a Job has ended, its result is not recorded, and the end of its pod is unknown: two watches report Jobs and pods. */
function isPodLate({ status }: AgentJob, jobs: readonly LiveJob[], pods: readonly LivePod[]): boolean {
  const recorded = new Set((status?.runs ?? []).filter(isFinished).map(({ name }) => name));
  const finished = new Set(pods.filter((pod) => terminated(pod) !== undefined).map(podOwner));
  const newestFirst = jobs.toSorted((a, b) => created(b).localeCompare(created(a)));
  return newestFirst
    .slice(0, MAX_RUNS)
    .some((run) => jobEnd(run) !== undefined && !recorded.has(run.metadata.name) && !finished.has(run.metadata.uid));
}

const created = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? "";

async function livePods(client: Client, { metadata }: AgentJob): Promise<readonly LivePod[]> {
  const { namespace = "", uid = "" } = metadata;
  return (await client.list(PODS, { namespace, labelSelector: `${LABELS.ownerUid}=${uid}` })).items;
}
