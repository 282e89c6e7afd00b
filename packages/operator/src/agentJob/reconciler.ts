import type { Reason } from "@clauderon/api";
import { type Clock, Fault, type FaultCode } from "@clauderon/base";
import type { ReconcileResult } from "@clauderon/controller";
import type { KubeClient } from "@clauderon/kube";
import { carryOut } from "./apply.ts";
import type { Caches } from "./caches.ts";
import { gather } from "./gather.ts";
import { planAgentJob } from "./model/plan.ts";
import type { Obstacle } from "./model/conditions.ts";
import { type Events, report } from "./report.ts";

export interface AgentJobReconciler {
  readonly caches: Caches;
  readonly client: KubeClient;
  readonly events: Events;
  readonly clock: Clock;
}

/** The news that a plan was out of date is on its way by watch; this is for the case that it is not. */
const STALE_MS = 1000;
/** A ceiling of access that was raised wakes nobody. */
const NOT_PERMITTED_MS = 60_000;

/** Brings one AgentJob to where its spec says: gather, plan, apply, report. Safe to be cut off anywhere and repeated. */
export async function reconcileAgentJob(operator: AgentJobReconciler, key: string): Promise<ReconcileResult> {
  const { caches, client, events, clock } = operator;
  const snapshot = await gather(caches, client, key);
  if (snapshot === undefined) return {};
  const now = clock.now();
  const plan = planAgentJob(snapshot, now);
  const { job } = snapshot;
  try {
    if ((await carryOut(plan, job, client)) === "stale") return { requeueAfterMs: STALE_MS };
  } catch (thrown) {
    const obstacle = obstacleOf(thrown);
    if (obstacle === undefined) throw thrown;
    const stopped = planAgentJob(snapshot, now, obstacle).status;
    if (stopped !== undefined) await report(job, stopped, { client, events, now });
    if (obstacle.reason !== "ClusterAccessNotPermitted") throw thrown;
    return { requeueAfterMs: NOT_PERMITTED_MS };
  }
  if (plan.status !== undefined) await report(job, plan.status, { client, events, now });
  return plan.requeueAfterMs === undefined ? {} : { requeueAfterMs: plan.requeueAfterMs };
}

const REASON_OF: Readonly<Partial<Record<FaultCode, Reason>>> = {
  CHILD_CONFLICT: "ChildConflict",
  CLUSTER_REFUSED: "ChildRefused",
  CREDENTIAL_NOT_PERMITTED: "ClusterAccessNotPermitted",
};

/** What a user should read in the status; undefined for what is not about this AgentJob. */
function obstacleOf(thrown: unknown): Obstacle | undefined {
  if (!(thrown instanceof Fault)) return undefined;
  const reason = REASON_OF[thrown.code];
  const message = thrown.hint === undefined ? thrown.message : `${thrown.message}: ${thrown.hint}`;
  return reason === undefined ? undefined : { reason, message };
}
