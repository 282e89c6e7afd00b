import { type AgentJob, FIELD_MANAGER, FINALIZER } from "@clauderon/kinds";
import { clusterWords } from "@clauderon/pods";
import { Fault, type KubeObject } from "@clauderon/base";
import { addFinalizer, applyIfChanged, type KeptForms, removeFinalizer } from "@clauderon/controller";
import {
  ApiError,
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  CRON_JOBS,
  type DeleteOptions,
  isAlreadyExists,
  JOBS,
  type KubeClient,
  type ObjectRef,
  PERSISTENT_VOLUME_CLAIMS,
  type Resource,
  SERVICE_ACCOUNTS,
} from "@clauderon/kube";
import { AGENT_JOB_RESOURCE } from "./caches.ts";
import { UNDECLARED } from "./model/undeclared.ts";
import type { DesiredChild } from "./model/children.ts";
import type { LiveJob } from "./model/objects.ts";
import { isChild } from "./model/ownership.ts";
import type { Deletion, Plan } from "./model/plan.ts";
import { hasRun } from "./model/runs.ts";
import type { SpecPatch } from "./model/specPatch.ts";
import type { ChildKind } from "./model/snapshot.ts";

const RESOURCES: Readonly<Record<ChildKind | "Job", Resource>> = {
  ConfigMap: CONFIG_MAPS,
  Grant: CONFIG_MAPS,
  PersistentVolumeClaim: PERSISTENT_VOLUME_CLAIMS,
  ServiceAccount: SERVICE_ACCOUNTS,
  ClusterRole: CLUSTER_ROLES,
  ClusterRoleBinding: CLUSTER_ROLE_BINDINGS,
  CronJob: CRON_JOBS,
  Job: JOBS,
};

/**
 * Stale: the AgentJob changed meanwhile, so report nothing and make a new plan. Otherwise `resourceVersion` is that of the
 * AgentJob after a write, and `isGone` says that this write let the API server delete it.
 */
export type Outcome =
  | { readonly isStale: true }
  | { readonly isStale: false; readonly resourceVersion?: string | undefined; readonly isGone?: boolean };

export interface Writer {
  readonly client: KubeClient;
  readonly kept: KeptForms;
}

const STALE: Outcome = { isStale: true };

/**
 * Carries out a plan in its documented order. Throws a Fault if the API server rejects an object or an object of that name
 * belongs to others. The steps before it are done, and a repeated pass continues from there.
 */
export async function carryOut(plan: Plan, job: AgentJob, { client, kept }: Writer): Promise<Outcome> {
  if (plan.finalizer === "add" && !(await tryAddFinalizer(client, job))) return STALE;
  for (const deletion of plan.deletions) await remove(client, deletion);
  for (const patch of plan.patches) await patchSpec(client, patch);
  for (const child of plan.children) await applyChild({ client, kept }, job, child);
  const isStarted = plan.start === undefined || (await start(client, job, plan.start));
  if (!isStarted) return STALE;
  return plan.finalizer === "remove" ? await release(client, job) : { isStale: false };
}

async function release(client: KubeClient, job: AgentJob): Promise<Outcome> {
  const live = await removeFinalizer(client, AGENT_JOB_RESOURCE, job, FINALIZER);
  const { deletionTimestamp, finalizers = [], resourceVersion } = (live ?? job).metadata;
  const isGone = live === undefined || (deletionTimestamp !== undefined && finalizers.length === 0);
  return { isStale: false, resourceVersion, isGone };
}

async function tryAddFinalizer(client: KubeClient, job: AgentJob): Promise<boolean> {
  const live = await addFinalizer(client, AGENT_JOB_RESOURCE, job, FINALIZER);
  return live !== undefined && live.metadata.deletionTimestamp === undefined;
}

async function remove(client: KubeClient, { kind, object }: Deletion): Promise<void> {
  const { uid } = object.metadata;
  if (object.metadata.deletionTimestamp !== undefined) return;
  // Foreground deletion: a Job is gone only when its pods are gone.
  const propagationPolicy = kind === "Job" || kind === "CronJob" ? "Foreground" : "Background";
  const options: DeleteOptions = { propagationPolicy, ...(uid === undefined ? {} : { uid }) };
  await client.delete(RESOURCES[kind], refOf(object), options);
}

async function patchSpec(client: KubeClient, { kind, object, spec, annotations }: SpecPatch): Promise<void> {
  const { uid } = object.metadata;
  const patch = { metadata: { uid, ...(annotations && { annotations }) }, spec };
  await client.patch(RESOURCES[kind], refOf(object), patch, { fieldManager: FIELD_MANAGER });
}

async function applyChild({ client, kept }: Writer, job: AgentJob, child: DesiredChild): Promise<void> {
  const { kind, desired } = child;
  const resource = RESOURCES[kind];
  const live = child.live ?? (await client.get(resource, refOf(desired)));
  if (live !== undefined && !isChild(job, live)) throw conflict(desired);
  try {
    await applyIfChanged(client, resource, { desired, live, fieldManager: FIELD_MANAGER, kept });
  } catch (thrown) {
    throw asFault(thrown, job, desired);
  }
}

/**
 * Creates the Job of a run. A run must never happen twice, so this first reads the AgentJob from the API server: the cache
 * may not yet show that the run was recorded, or that the AgentJob was changed, suspended or deleted.
 */
async function start(client: KubeClient, job: AgentJob, run: LiveJob): Promise<boolean> {
  const live = await client.get(AGENT_JOB_RESOURCE, refOf(job));
  if (live === undefined || live.metadata.uid !== job.metadata.uid) return false;
  if (live.metadata.deletionTimestamp !== undefined || live.metadata.generation !== job.metadata.generation)
    return false;
  if (live.status?.runs?.some((record) => record.name === run.metadata.name && hasRun(record))) return false;
  try {
    await client.create(JOBS, run, { fieldManager: FIELD_MANAGER });
  } catch (thrown) {
    if (!isAlreadyExists(thrown)) throw asFault(thrown, job, run);
    const existing = await client.get(JOBS, refOf(run));
    if (existing !== undefined && !isChild(job, existing)) throw conflict(run);
  }
  return true;
}

function refOf({ metadata: { namespace, name } }: KubeObject): ObjectRef {
  return namespace === undefined ? { name } : { namespace, name };
}

function conflict({ kind, metadata: { namespace, name } }: KubeObject): Fault {
  const where = namespace === undefined ? "" : ` in namespace "${namespace}"`;
  return new Fault("CHILD_CONFLICT", `${kind} "${name}"${where} already exists and does not belong to this AgentJob`, {
    hint: `Delete or rename that ${kind}, or give the AgentJob another name`,
  });
}

/** Converts refusals that a user can act on. Other errors (conflicts, overload, an unreachable server) are retried unchanged. */
function asFault(thrown: unknown, job: AgentJob, { kind, metadata }: KubeObject): unknown {
  if (!(thrown instanceof ApiError)) return thrown;
  const words = thrown.message;
  const unknown = UNDECLARED.exec(words)?.[1];
  if (unknown !== undefined) {
    const message = `The API server does not know the field ${clusterWords(unknown)} of ${kind} "${metadata.name}"`;
    const hint = "Remove it from the AgentJob or its AgentRuntime, or upgrade Kubernetes";
    return new Fault("CLUSTER_REFUSED", message, { hint, cause: thrown });
  }
  if (!REFUSALS.has(thrown.status)) return thrown;
  const excess = kind.startsWith("ClusterRole") ? /not currently held:?\s*(.*)$/s.exec(words)?.[1] : undefined;
  if (excess === undefined) {
    const message = `The API server rejected ${kind} "${metadata.name}": ${clusterWords(words)}`;
    return new Fault("CLUSTER_REFUSED", message, { cause: thrown });
  }
  const message = `ClusterAccess "${job.spec.clusterAccessRef}" requests permissions that the operator cannot grant: ${clusterWords(excess)}`;
  const hint = "Request fewer permissions, or raise clusterAccess.ceiling in the values of the operator's chart";
  return new Fault("CREDENTIAL_NOT_PERMITTED", message, { hint, cause: thrown });
}

/** BadRequest, Forbidden, Invalid. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 422]);
