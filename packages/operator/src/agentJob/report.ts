import { type AgentJob, type AgentJobStatus, FIELD_MANAGER } from "@clauderon/kinds";
import { clusterWords } from "@clauderon/pods";
import { canonicalJson, type Condition, Fault, messageOf } from "@clauderon/base";
import { setCondition } from "@clauderon/controller";
import { ApiError, isNotFound, type KubeClient } from "@clauderon/kube";
import { crdProblem } from "../crds/model/crdGaps.ts";
import { AGENT_JOB_RESOURCE } from "./caches.ts";
import { instantOf } from "./model/instant.ts";
import { type EventDraft, eventsBetween } from "./model/events.ts";
import type { StatusPlan } from "./model/status.ts";
import type { ConditionDraft } from "./model/conditions.ts";
import { UNDECLARED } from "./model/undeclared.ts";

/** Records events, as EventRecorder does. */
export interface Events {
  event(object: AgentJob, event: EventDraft): void;
}

export interface Reporting {
  readonly client: Pick<KubeClient, "apply">;
  readonly events: Events;
  readonly now: number;
}

/**
 * Writes the status if it changed, then emits the events. Returns the written resource version, or undefined if nothing was
 * written. A deleted AgentJob is not an error.
 */
export async function report(job: AgentJob, plan: StatusPlan, reporting: Reporting): Promise<string | undefined> {
  const { client, events, now } = reporting;
  const status: AgentJobStatus = { ...plan.status, conditions: conditionsOf(job, plan, now) };
  const isSame = canonicalJson(status) === canonicalJson(job.status ?? {});
  try {
    const written = isSame ? undefined : await writeStatus(client, job, status);
    for (const event of plan.events) events.event(job, event);
    return written;
  } catch (thrown) {
    const field = thrown instanceof ApiError ? UNDECLARED.exec(thrown.message)?.[1] : undefined;
    if (field === undefined) throw thrown;
    return await reportOutdated(job, plan, { ...reporting, field, cause: thrown });
  }
}

/** Reports an unexpected error in the condition Ready, and keeps the rest of the status. */
export async function reportBug(job: AgentJob, thrown: unknown, reporting: Reporting): Promise<string | undefined> {
  const [words = ""] = messageOf(thrown).split("\n");
  const message = `The operator failed with an unexpected error and will retry; its log has the stack trace. ${clusterWords(words)}`;
  return writeStatus(reporting.client, job, {
    ...job.status,
    message,
    conditions: withReady(job, { type: "Ready", status: "Unknown", reason: "InternalError", message }, reporting.now),
  });
}

/**
 * If the CRD is missing a field of the status, the API server refuses the whole status. This writes only phase, message and
 * Ready, and emits the event of Ready. Throws CLUSTER_REFUSED if the plan was made without knowing that the CRD is outdated.
 */
async function reportOutdated(
  job: AgentJob,
  { status: { phase }, conditions: planned }: StatusPlan,
  { client, events, now, field, cause }: Reporting & { readonly field: string; readonly cause: unknown },
): Promise<string | undefined> {
  const known = planned.find(({ type, reason }) => type === "Ready" && reason === "CrdOutdated");
  const message = known?.message ?? crdProblem([`AgentJob has no ${field}`]) ?? "";
  const ready: ConditionDraft = { type: "Ready", status: "False", reason: "CrdOutdated", message };
  const status = { phase, message, conditions: withReady(job, ready, now) } as AgentJobStatus;
  const written = await writeStatus(client, job, status);
  for (const event of eventsBetween(job.status, [], [ready])) events.event(job, event);
  if (known === undefined) throw new Fault("CLUSTER_REFUSED", message, { cause });
  return written;
}

function withReady(job: AgentJob, ready: ConditionDraft, now: number): NonNullable<AgentJobStatus["conditions"]> {
  return [...setCondition(job.status?.conditions ?? [], ready, instantOf(now))];
}

async function writeStatus(
  client: Reporting["client"],
  job: AgentJob,
  status: AgentJobStatus,
): Promise<string | undefined> {
  const { apiVersion, kind, metadata } = job;
  const { name, namespace = "", uid = "" } = metadata;
  const object = { apiVersion, kind, metadata: { name, namespace, uid }, status } as AgentJob;
  const options = { fieldManager: FIELD_MANAGER, force: true, subresource: "status" } as const;
  try {
    return (await client.apply(AGENT_JOB_RESOURCE, object, options)).metadata.resourceVersion;
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}

function conditionsOf(job: AgentJob, plan: StatusPlan, now: number): NonNullable<AgentJobStatus["conditions"]> {
  const old = (job.status?.conditions ?? []) as readonly Condition[];
  const types = new Set(plan.conditions.map(({ type }) => type));
  const kept = old.filter(({ type }) => types.has(type));
  const set = (list: readonly Condition[], next: ConditionDraft) => setCondition(list, next, instantOf(now));
  return [...plan.conditions.reduce(set, kept)];
}
