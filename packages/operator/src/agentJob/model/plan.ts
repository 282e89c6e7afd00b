import { type AgentJob, FINALIZER, runInputsHash } from "@clauderon/kinds";
import type { KubeObject } from "@clauderon/base";
import { beyondCeiling } from "./ceiling.ts";
import { type DesiredChild, desiredChildren } from "./children.ts";
import { lingeringJobs } from "./lingeringJobs.ts";
import { configExcess } from "./configMap.ts";
import { deliveryProblem } from "./grant.ts";
import type { LiveJob } from "./objects.ts";
import { isChild } from "./ownership.ts";
import { isScheduledRun, planRuns, type RunPlan } from "./runPlan.ts";
import type { SpecPatch } from "./specPatch.ts";
import type { ChildKind, Snapshot } from "./snapshot.ts";
import { planStatus, type StatusPlan } from "./status.ts";
import type { Obstacle } from "./conditions.ts";

/** An object to delete. Its uid protects a later object of the same name. */
export interface Deletion {
  readonly kind: ChildKind | "Job";
  readonly object: KubeObject;
}

/**
 * The changes for one AgentJob, in this order: `finalizer: "add"`, deletions, patches, children, the Job to start,
 * `finalizer: "remove"`, the status.
 */
export interface Plan {
  readonly finalizer: "add" | "remove" | "keep";
  readonly deletions: readonly Deletion[];
  readonly patches: readonly SpecPatch[];
  readonly children: readonly DesiredChild[];
  readonly start: LiveJob | undefined;
  /** Undefined for an AgentJob that is being deleted. */
  readonly status: StatusPlan | undefined;
  readonly requeueAfterMs: number | undefined;
}

const CLUSTER_SCOPED = ["ClusterRoleBinding", "ClusterRole"] as const;
const ACCESS = ["ClusterRoleBinding", "ClusterRole", "ServiceAccount"] as const;

/**
 * Plans the changes for one AgentJob from a snapshot and the time (milliseconds since the epoch). Reads and writes nothing.
 *
 * The same arguments give the same plan, so an interrupted pass can be repeated. A missing reference is not an error: child
 * objects stay unchanged, nothing starts, active runs continue, and Ready is False and names the reference. Suspension and
 * the removal of a schedule need no reference and always take effect. `failure` is what the API server refused while the
 * plan was carried out; the status reports it. A ClusterAccess above the ceiling is granted nothing, and counts as a missing
 * reference, and so does a configuration that does not fit into its ConfigMap, or a proxy that is missing. With CRDs older than the operator the spec may be incomplete: nothing starts and nothing is deleted.
 */
export function planAgentJob(snapshot: Snapshot, now: number, failure?: Obstacle): Plan {
  if (snapshot.job.metadata.deletionTimestamp !== undefined) return planDeletion(snapshot);
  if (snapshot.crdProblem !== undefined) return planOutdated(snapshot, now, snapshot.crdProblem);
  const { resolved } = snapshot.references;
  const excess = accessExcess(snapshot);
  const obstacle =
    excess ?? (resolved === undefined ? undefined : (configExcess(resolved) ?? deliveryProblem(resolved)));
  if (obstacle === undefined) return planSpec(snapshot, now, failure);
  const plan = planSpec({ ...snapshot, references: { missing: [] } }, now, obstacle);
  return excess === undefined ? plan : { ...plan, deletions: [...owned(snapshot, CLUSTER_SCOPED), ...plan.deletions] };
}

/** The CronJob is suspended, because its controller would start runs too. */
function planOutdated(snapshot: Snapshot, now: number, message: string): Plan {
  const plan = planSpec({ ...snapshot, references: { missing: [] } }, now, { reason: "CrdOutdated", message });
  return { ...plan, finalizer: "keep", deletions: [] };
}

function accessExcess({ references, accessCeiling }: Snapshot): Obstacle | undefined {
  const { clusterAccess } = references.resolved ?? {};
  if (clusterAccess === undefined || accessCeiling === undefined) return undefined;
  const excess = beyondCeiling(clusterAccess.spec.rules, accessCeiling);
  if (excess === undefined) return undefined;
  const what = `ClusterAccess "${clusterAccess.metadata.name}" requests permissions above the ceiling: ${excess}`;
  return {
    reason: "ClusterAccessNotPermitted",
    message: `${what}. Request fewer permissions, or raise clusterAccess.ceiling in the values of the operator's chart`,
  };
}

function planSpec(snapshot: Snapshot, now: number, failure: Obstacle | undefined): Plan {
  const { resolved } = snapshot.references;
  const hash = resolved === undefined ? undefined : runInputsHash(resolved);
  const runs = planRuns(snapshot, hash);
  const known = resolved !== undefined && hash !== undefined;
  const children = known ? desiredChildren(resolved, hash, snapshot.children) : [];
  const removed = [...endedSchedule(snapshot), ...endedAccess(snapshot)];
  return {
    finalizer: planFinalizer(snapshot, removed),
    deletions: [...removed, ...endedRuns(runs), ...heldRuns(snapshot, runs)],
    patches: [...cronJobPatches(snapshot), ...runs.patches],
    children,
    start: runs.start,
    ...planStatus({ snapshot, hash, runs, children, now, failure }),
  };
}

/** Deletes only what the garbage collector cannot delete, and removes the finalizer afterwards. */
function planDeletion(snapshot: Snapshot): Plan {
  const left = holdsFinalizer(snapshot.job) ? owned(snapshot, CLUSTER_SCOPED) : [];
  return {
    finalizer: holdsFinalizer(snapshot.job) && left.length === 0 ? "remove" : "keep",
    deletions: left,
    patches: [],
    children: [],
    start: undefined,
    status: undefined,
    requeueAfterMs: undefined,
  };
}

function holdsFinalizer({ metadata }: AgentJob): boolean {
  return metadata.finalizers?.includes(FINALIZER) ?? false;
}

function planFinalizer({ job, references }: Snapshot, removed: readonly Deletion[]): Plan["finalizer"] {
  if (job.spec.clusterAccessRef !== undefined) {
    return references.resolved !== undefined && !holdsFinalizer(job) ? "add" : "keep";
  }
  return holdsFinalizer(job) && removed.every(({ object }) => object.metadata.namespace !== undefined)
    ? "remove"
    : "keep";
}

function endedAccess(snapshot: Snapshot): readonly Deletion[] {
  return snapshot.job.spec.clusterAccessRef === undefined ? owned(snapshot, ACCESS) : [];
}

function endedSchedule(snapshot: Snapshot): readonly Deletion[] {
  return snapshot.job.spec.schedule === undefined ? owned(snapshot, ["CronJob"]) : [];
}

function endedRuns({ replaced }: RunPlan): readonly Deletion[] {
  const ours = replaced.filter((job) => !isScheduledRun(job) && job.metadata.deletionTimestamp === undefined);
  return ours.map((object) => ({ kind: "Job", object }));
}

function heldRuns(snapshot: Snapshot, { replaced }: RunPlan): readonly Deletion[] {
  const held = lingeringJobs(snapshot).filter((job) => !replaced.includes(job));
  return held.map((object) => ({ kind: "Job", object }));
}

function owned({ job, children }: Snapshot, kinds: readonly ChildKind[]): readonly Deletion[] {
  return kinds.flatMap((kind) => {
    const object = children[kind];
    return object !== undefined && isChild(job, object) ? [{ kind, object }] : [];
  });
}

/** While references are missing, the CronJob keeps its last valid template, but spec.suspend takes effect at once. */
function cronJobPatches({ job, references, children, crdProblem }: Snapshot): readonly SpecPatch[] {
  const { CronJob: live } = children;
  const { schedule } = job.spec;
  const suspend = job.spec.suspend || crdProblem !== undefined;
  if (references.resolved !== undefined || live === undefined || schedule === undefined || !isChild(job, live))
    return [];
  return (live.spec?.suspend ?? false) === suspend ? [] : [{ kind: "CronJob", object: live, spec: { suspend } }];
}
