import { type AgentJob, type AgentJobStatus, FIELD_MANAGER } from "@clauderon/api";
import { canonicalJson, type Condition } from "@clauderon/base";
import { setCondition } from "@clauderon/controller";
import { isNotFound, type KubeClient } from "@clauderon/kube";
import { AGENT_JOB_RESOURCE } from "./caches.ts";
import { instantOf } from "./model/instant.ts";
import type { EventDraft } from "./model/events.ts";
import type { StatusPlan } from "./model/status.ts";
import type { ConditionDraft } from "./model/conditions.ts";

/** Where events go; an EventRecorder is one. */
export interface Events {
  event(object: AgentJob, event: EventDraft): void;
}

export interface Reporting {
  readonly client: Pick<KubeClient, "apply">;
  readonly events: Events;
  readonly now: number;
}

/**
 * Writes the status when it differs from what is there, then tells the events. Gives the resource version that was
 * written, if one was. An AgentJob that is gone is no error.
 */
export async function report(
  job: AgentJob,
  plan: StatusPlan,
  { client, events, now }: Reporting,
): Promise<string | undefined> {
  const status: AgentJobStatus = { ...plan.status, conditions: conditionsOf(job, plan, now) };
  const isSame = canonicalJson(status) === canonicalJson(job.status ?? {});
  const written = isSame ? undefined : await writeStatus(client, job, status);
  for (const event of plan.events) events.event(job, event);
  return written;
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
