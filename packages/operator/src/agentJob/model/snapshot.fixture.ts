import {
  type AgentJob,
  API_VERSION,
  childLabels,
  type Resolution,
  resolveReferences,
  runInputsHash,
} from "@clauderon/kinds";
import { oneShotJob } from "./job.ts";
import type { LiveJob, LivePod } from "./objects.ts";
import { ownerReference } from "./ownership.ts";
import type { Snapshot } from "./snapshot.ts";

const NAMESPACE = "agents";

/** 2026-11-23T12:00:00Z, in milliseconds since the epoch. */
export const NOON = 1_795_435_200_000;

export function exampleJob(spec: Partial<AgentJob["spec"]> = {}, rest: Partial<AgentJob> = {}): AgentJob {
  const defaults = { timezone: "Etc/UTC", suspend: false, timeoutSeconds: 3600, persist: false };
  const refs = { runtimeRef: "claude-code", authRef: "oauth", roleRef: "reader", prompt: "Say hello" };
  return {
    apiVersion: API_VERSION,
    kind: "AgentJob",
    metadata: { name: "summarize", namespace: NAMESPACE, uid: "uid-1", generation: 1, resourceVersion: "10" },
    ...rest,
    spec: { ...defaults, ...refs, ...spec },
  };
}

/** Every object that an AgentJob refers to exists, unless its name is `missing`. */
function exampleReferences(job: AgentJob): Resolution {
  const specs: Readonly<Record<string, object>> = {
    AgentRuntime: { image: "localhost/agent:1", authEnvVar: "TOKEN", configPath: "/etc/agent", persistPath: "/data" },
    AgentAuth: { secretRef: { name: "credential", key: "token" } },
    AgentRole: { allowedTools: ["Read"] },
    AgentSkill: { repo: "owner/skills", name: "review", ref: "main" },
    ClusterAccess: { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
    McpServer: { url: "https://mcp.test" },
    Repository: { owner: "owner", name: "project", tokenSecretRef: { name: "git-token", key: "token" } },
  };
  const found = (kind: string, name: string): never =>
    ({
      apiVersion: API_VERSION,
      kind,
      metadata: { name, namespace: NAMESPACE },
      spec: specs[kind],
    }) as never;
  return resolveReferences(job, (kind, name) => (name === "missing" ? undefined : found(kind, name)));
}

export function exampleSnapshot(job: AgentJob, rest: Partial<Snapshot> = {}): Snapshot {
  return {
    job,
    references: exampleReferences(job),
    children: {},
    jobs: [],
    pods: [],
    usage: undefined,
    accessCeiling: undefined,
    crdProblem: undefined,
    ...rest,
  };
}

export function hashOf(job: AgentJob): string {
  const { resolved } = exampleReferences(job);
  return resolved === undefined ? "" : runInputsHash(resolved);
}

/** The Job of a one-shot run as it is live. */
export function liveRun(job: AgentJob, status: LiveJob["status"] = {}): LiveJob {
  const { resolved } = exampleReferences(job);
  if (resolved === undefined) throw new Error("The example has a missing reference");
  const made = oneShotJob(resolved, runInputsHash(resolved));
  const metadata = { ...made.metadata, uid: `job-${made.metadata.name}`, creationTimestamp: "2026-11-23T11:00:00Z" };
  return { ...made, metadata, status };
}

/** A Job that the AgentJob's CronJob created. */
export function cronRun(job: AgentJob, name: string, status: LiveJob["status"] = {}): LiveJob {
  const run = liveRun({ ...job, spec: { ...job.spec } }, status);
  const ownerReferences = [
    { apiVersion: "batch/v1", kind: "CronJob", name: "summarize", uid: "cron-1", controller: true },
  ];
  return { ...run, metadata: { ...run.metadata, name, uid: `job-${name}`, ownerReferences } };
}

export const COMPLETE: LiveJob["status"] = {
  startTime: "2026-11-23T11:00:00Z",
  completionTime: "2026-11-23T11:30:00Z",
  conditions: [{ type: "Complete", status: "True", lastTransitionTime: "2026-11-23T11:30:00Z" }],
};

export function failed(reason: string): LiveJob["status"] {
  const lastTransitionTime = "2026-11-23T11:30:00Z";
  return {
    startTime: "2026-11-23T11:00:00Z",
    conditions: [{ type: "Failed", status: "True", reason, lastTransitionTime }],
  };
}

/** The pod of a Job, with the given status. */
export function runPod(job: AgentJob, run: LiveJob, status: LivePod["status"]): LivePod {
  const { name, uid = "" } = run.metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-x`,
      namespace: NAMESPACE,
      labels: childLabels(job),
      creationTimestamp: "2026-11-23T11:00:01Z",
      ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name, uid, controller: true }],
    },
    ...(run.spec?.template.spec === undefined ? {} : { spec: run.spec.template.spec }),
    ...(status === undefined ? {} : { status }),
  };
}

/** The status of a pod whose container is in that state. */
export function podStatus(phase: string, state: object): LivePod["status"] {
  const container = { name: "agent", image: "localhost/agent:1", imageID: "", ready: false, restartCount: 0, state };
  return { phase, startTime: "2026-11-23T11:00:01Z", containerStatuses: [container] };
}

/** Metadata of an object that the AgentJob owns. */
export function ownedMeta(job: AgentJob, name: string) {
  return {
    name,
    namespace: NAMESPACE,
    uid: `uid-of-${name}`,
    labels: childLabels(job),
    ownerReferences: [ownerReference(job)],
  };
}
