import type { AgentJob, Reason } from "@clauderon/kinds";
import { type Clock, Fault, type FaultCode, objectKey } from "@clauderon/base";
import type { KeptForms, ReconcileResult } from "@clauderon/controller";
import { ApiError, type KubeClient } from "@clauderon/kube";
import { carryOut } from "./apply.ts";
import type { Caches } from "./caches.ts";
import { gather } from "./gather.ts";
import { planAgentJob } from "./model/plan.ts";
import type { Snapshot } from "./model/snapshot.ts";
import type { StatusPlan } from "./model/status.ts";
import type { Obstacle } from "./model/conditions.ts";
import type { OwnWrites } from "./ownWrites.ts";
import { sweep } from "./sweep.ts";
import { type Events, report, reportBug } from "./report.ts";

export interface AgentJobReconciler {
  readonly caches: Caches;
  /** Why no run can start with the CRDs of the cluster. */
  readonly crds: { readonly problem: string | undefined };
  readonly client: KubeClient;
  readonly events: Events;
  readonly clock: Clock;
  readonly accessCeiling: Snapshot["accessCeiling"];
  readonly ownWrites: OwnWrites;
  readonly kept: KeptForms;
}

/** A watch reports the change that made a plan stale. This requeue covers the case that it does not. */
const STALE_MS = 1000;
/** No watch reports a raised ceiling. */
const NOT_PERMITTED_MS = 60_000;

/** Reconciles one AgentJob: gather, plan, apply, report. Can be interrupted anywhere and repeated. */
export async function reconcileAgentJob(operator: AgentJobReconciler, key: string): Promise<ReconcileResult> {
  const { caches, client, ownWrites } = operator;
  const cached = caches.agentJobs.get(key);
  if (cached === undefined) {
    ownWrites.forget(key);
    await sweep(caches, client, key);
    return {};
  }
  if (ownWrites.isBehind(key, cached.metadata.resourceVersion)) return { requeueAfterMs: STALE_MS };
  try {
    return await pass(operator, cached);
  } catch (thrown) {
    if (thrown instanceof Fault || thrown instanceof ApiError) throw thrown;
    await tryReportBug(operator, cached, thrown);
    throw thrown;
  }
}

/** The bug is logged in any case, so a failure to report it in the status is ignored. */
async function tryReportBug(operator: AgentJobReconciler, job: AgentJob, thrown: unknown): Promise<void> {
  const { client, events, clock, ownWrites } = operator;
  const written = reportBug(job, thrown, { client, events, now: clock.now() }).catch(() => undefined);
  ownWrites.wrote(objectKey(job.metadata), await written);
}

async function pass(operator: AgentJobReconciler, cached: AgentJob): Promise<ReconcileResult> {
  const { caches, client, clock } = operator;
  const { accessCeiling, crds } = operator;
  const snapshot = { ...(await gather(caches, client, cached)), accessCeiling, crdProblem: crds.problem };
  const now = clock.now();
  const plan = planAgentJob(snapshot, now);
  try {
    const outcome = await carryOut(plan, cached, operator);
    if (outcome.isStale) return { requeueAfterMs: STALE_MS };
    const key = objectKey(cached.metadata);
    if (outcome.isGone === true) operator.ownWrites.released(key, outcome.resourceVersion);
    else operator.ownWrites.wrote(key, outcome.resourceVersion);
  } catch (thrown) {
    const obstacle = obstacleOf(thrown);
    if (obstacle === undefined) throw thrown;
    await tell(operator, cached, planAgentJob(snapshot, now, obstacle).status);
    if (obstacle.reason !== "ClusterAccessNotPermitted") throw thrown;
    return { requeueAfterMs: NOT_PERMITTED_MS };
  }
  await tell(operator, cached, plan.status);
  return plan.requeueAfterMs === undefined ? {} : { requeueAfterMs: plan.requeueAfterMs };
}

async function tell(operator: AgentJobReconciler, job: AgentJob, status: StatusPlan | undefined): Promise<void> {
  const { client, events, clock, ownWrites } = operator;
  if (status === undefined) return;
  ownWrites.wrote(objectKey(job.metadata), await report(job, status, { client, events, now: clock.now() }));
}

const REASON_OF: Readonly<Partial<Record<FaultCode, Reason>>> = {
  CHILD_CONFLICT: "ChildConflict",
  CLUSTER_REFUSED: "ChildRefused",
  CREDENTIAL_NOT_PERMITTED: "ClusterAccessNotPermitted",
};

/** The obstacle to report in the status; undefined for errors that do not concern this AgentJob. */
function obstacleOf(thrown: unknown): Obstacle | undefined {
  if (!(thrown instanceof Fault)) return undefined;
  const reason = REASON_OF[thrown.code];
  const message = thrown.hint === undefined ? thrown.message : `${thrown.message}: ${thrown.hint}`;
  return reason === undefined ? undefined : { reason, message };
}
