import { type AgentJobStatus, childNames, isBehindProxy, type RunStatus } from "@clauderon/kinds";
import type { DesiredChild } from "./children.ts";
import type { ConditionDraft, Obstacle } from "./conditions.ts";
import { type EventDraft, eventsBetween } from "./events.ts";
import { configHashOf } from "./job.ts";
import { millisOf } from "./instant.ts";
import type { LivePod } from "./objects.ts";
import { isChild } from "./ownership.ts";
import { isScheduledRun, podOwner, type RunPlan } from "./runPlan.ts";
import { hasRun, isFinished, type ObservedRun, recordRuns } from "./runs.ts";
import type { Snapshot } from "./snapshot.ts";
import { verdictOf } from "./verdict.ts";
import { PATIENCE_SECONDS } from "./waitingCause.ts";

/** The status to write. Its conditions get their times from a comparison with the old ones. */
export interface StatusPlan {
  readonly status: Omit<AgentJobStatus, "conditions">;
  readonly conditions: readonly ConditionDraft[];
  readonly events: readonly EventDraft[];
}

export interface StatusInput {
  readonly snapshot: Snapshot;
  readonly hash: string | undefined;
  readonly runs: RunPlan;
  readonly children: readonly DesiredChild[];
  readonly now: number;
  /** Why carrying out the plan failed. */
  readonly failure: Obstacle | undefined;
}

export interface Report {
  readonly status: StatusPlan;
  readonly requeueAfterMs: number | undefined;
}

/** The status after the plan is carried out, or after `failure` stopped it. */
export function planStatus(input: StatusInput): Report {
  const { snapshot, hash, runs: runPlan, failure } = input;
  const { job } = snapshot;
  const observed = observe(input);
  const runs = records(input, observed);
  const obstacle = failure ?? missingReferences(snapshot);
  const wanted = hash === undefined ? undefined : childNames(job).job(hash);
  const verdict = verdictOf({
    job,
    runs,
    wanted,
    obstacle,
    isBehindProxy: snapshot.references.resolved !== undefined && isBehindProxy(snapshot.references.resolved),
    waitsFor: runPlan.waitsFor,
  });
  const lastCompletionTime = newest(runs.filter(isFinished).map(({ completionTime }) => completionTime));
  const configHash = hash ?? job.status?.configHash;
  const status: StatusPlan["status"] = {
    phase: verdict.phase,
    message: verdict.message,
    schedule: job.spec.schedule ?? "<none>",
    ...(job.metadata.generation === undefined ? {} : { observedGeneration: job.metadata.generation }),
    ...(configHash === undefined ? {} : { configHash }),
    ...(runs[0]?.startTime === undefined ? {} : { lastRunTime: runs[0].startTime }),
    ...(lastCompletionTime === undefined ? {} : { lastCompletionTime }),
    ownedResources: ownedResources(input),
    ...usageField(snapshot),
    runs: [...runs],
  };
  const events = eventsBetween(job.status, runs, verdict.conditions);
  return {
    status: { status, conditions: verdict.conditions, events },
    requeueAfterMs: nextLook(runs),
  };
}

/** The proxy forgets what was used long ago; the status does not. */
function usageField({ job, usage }: Snapshot): Pick<AgentJobStatus, "usage"> {
  if (usage === undefined) return job.status?.usage === undefined ? {} : { usage: job.status.usage };
  const { costUsd, lastCallTime, ...counts } = usage;
  return { usage: { ...counts, cost: costUsd.toFixed(6), lastCallTime: `${lastCallTime.slice(0, 19)}Z` } };
}

function observe({ snapshot, runs, failure }: StatusInput): readonly ObservedRun[] {
  const starting = runs.start === undefined || failure !== undefined ? [] : [{ job: runs.start, pod: undefined }];
  return [...snapshot.jobs.map((job) => ({ job, pod: newestPod(snapshot.pods, job.metadata.uid) })), ...starting];
}

const created = (pod: LivePod) => millisOf(pod.metadata.creationTimestamp) ?? 0;

function newestPod(pods: readonly LivePod[], job: string | undefined): LivePod | undefined {
  const own = pods.filter((pod) => podOwner(pod) === job);
  return own.toSorted((a, b) => created(b) - created(a))[0];
}

function records({ snapshot, hash, runs, now }: StatusInput, observed: readonly ObservedRun[]): readonly RunStatus[] {
  const { job, references } = snapshot;
  const replaced = new Set(runs.replaced.map(({ metadata }) => metadata.name));
  const isOneShot = job.spec.schedule === undefined && hash !== undefined;
  const wanted = isOneShot ? childNames(job).job(hash) : undefined;
  const starts = runs.start?.metadata.name;
  const secretRef = references.resolved?.auth.spec.secretRef;
  return recordRuns({
    previous: (job.status?.runs ?? []).filter((run) => run.name !== starts || hasRun(run)),
    observed,
    isReplaced: (name) => replaced.has(name) || (wanted !== undefined && name !== wanted),
    hashOf: configHashOf,
    now,
    context: {
      namespace: job.metadata.namespace ?? "",
      agentJob: job.metadata.name,
      runtimeRef: job.spec.runtimeRef,
      authRef: job.spec.authRef,
      ...(secretRef === undefined ? {} : { credential: { secret: secretRef.name, key: secretRef.key } }),
      timeoutSeconds: job.spec.timeoutSeconds,
    },
  });
}

function missingReferences({ job, references }: Snapshot): Obstacle | undefined {
  const { missing = [] } = references;
  const [first] = missing;
  if (first === undefined) return undefined;
  const named = missing.map(({ kind, name }) => `${kind} "${name}"`);
  const list = named.length === 1 ? `${named[0]} is` : `${named.slice(0, -1).join(", ")} and ${named.at(-1)} are`;
  return { reason: `${first.kind}NotFound`, message: `${list} not in namespace "${job.metadata.namespace ?? ""}"` };
}

/** RFC 3339 instants of one form sort as text. */
function newest(instants: readonly (string | undefined)[]): string | undefined {
  return instants
    .filter((instant) => instant !== undefined)
    .toSorted()
    .at(-1);
}

function ownedResources({ snapshot, runs, children, failure }: StatusInput): { kind: string; name: string }[] {
  const { job } = snapshot;
  const live = Object.values(snapshot.children).filter((object) => object !== undefined && isChild(job, object));
  const planned =
    failure === undefined
      ? [...children.map(({ desired }) => desired), ...(runs.start === undefined ? [] : [runs.start])]
      : [];
  const jobs = snapshot.jobs.filter((object) => !isScheduledRun(object));
  const named = [...live, ...jobs, ...planned].map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  return [...new Set(named)]
    .toSorted()
    .map((text) => ({ kind: text.split("/")[0] ?? "", name: text.split("/")[1] ?? "" }));
}

/** When to reconcile again without a change: a late pod causes no watch event. */
function nextLook(runs: readonly RunStatus[]): number | undefined {
  const silent = runs.some((run) => run.phase === "Pending" && run.reason === undefined);
  return silent ? (PATIENCE_SECONDS + 1) * 1000 : undefined;
}
