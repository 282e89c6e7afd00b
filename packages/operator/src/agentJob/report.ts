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

/** Writes the status when it differs from what is there, then tells the events. An AgentJob that is gone is no error. */
export async function report(job: AgentJob, plan: StatusPlan, { client, events, now }: Reporting): Promise<void> {
  const status: AgentJobStatus = { ...plan.status, conditions: conditionsOf(job, plan, now) };
  if (canonicalJson(status) !== canonicalJson(job.status ?? {})) {
    const { apiVersion, kind, metadata } = job;
    const { name, namespace = "", uid = "" } = metadata;
    const object = { apiVersion, kind, metadata: { name, namespace, uid }, status } as AgentJob;
    try {
      await client.apply(AGENT_JOB_RESOURCE, object, {
        fieldManager: FIELD_MANAGER,
        force: true,
        subresource: "status",
      });
    } catch (thrown) {
      if (isNotFound(thrown)) return;
      throw thrown;
    }
  }
  for (const event of plan.events) events.event(job, event);
}

function conditionsOf(job: AgentJob, plan: StatusPlan, now: number): NonNullable<AgentJobStatus["conditions"]> {
  const old = (job.status?.conditions ?? []) as readonly Condition[];
  const types = new Set(plan.conditions.map(({ type }) => type));
  const kept = old.filter(({ type }) => types.has(type));
  const set = (list: readonly Condition[], next: ConditionDraft) => setCondition(list, next, instantOf(now));
  return [...plan.conditions.reduce(set, kept)];
}
