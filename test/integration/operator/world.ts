import {
  AGENT_AUTHS,
  AGENT_JOBS,
  AGENT_ROLES,
  AGENT_RUNTIMES,
  type AgentAuth,
  type AgentJob,
  type AgentRole,
  type AgentRuntime,
  API_VERSION,
  CLUSTER_ACCESSES,
  type ClusterAccess,
  crds,
} from "@clauderon/kinds";
import type { KubeObject, WireObject } from "@clauderon/base";
import {
  CRDS,
  HttpKubeClient,
  JOBS,
  type KubeClient,
  loadKubeConfig,
  NAMESPACES,
  PODS,
  type Resource,
} from "@clauderon/kube";
import type { Job } from "kubernetes-types/batch/v1.js";
import type { Pod } from "kubernetes-types/core/v1.js";
import { vi } from "vitest";
import { type ApiServer, startApiServer } from "../../kit/apiserver/index.ts";

export const agentJobs: Resource<AgentJob> = AGENT_JOBS;
export const agentRoles: Resource<AgentRole> = AGENT_ROLES;
export const agentRuntimes: Resource<AgentRuntime> = AGENT_RUNTIMES;
export const agentAuths: Resource<AgentAuth> = AGENT_AUTHS;
export const clusterAccesses: Resource<ClusterAccess> = CLUSTER_ACCESSES;

type LiveJob = WireObject<Job>;
type LivePod = WireObject<Pod>;

/** A real API server with our CRDs; the test itself runs Jobs, pods and garbage collection. */
export interface World {
  readonly api: ApiServer;
  readonly client: KubeClient;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const api = await startApiServer();
  const client = new HttpKubeClient(loadKubeConfig({ kubeconfig: api.kubeconfig }));
  await installCrds(client);
  return {
    api,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await api[Symbol.asyncDispose]();
    },
  };
}

export async function installCrds(client: KubeClient): Promise<void> {
  for (const crd of crds()) await client.apply(CRDS, crd as never, { fieldManager: "test", force: true });
  await vi.waitFor(
    async () => {
      const { items } = await client.list(CRDS);
      const isServed = (crd: (typeof items)[number]) =>
        crd.status?.conditions?.some(({ type, status }) => type === "Established" && status === "True");
      if (items.filter(isServed).length < 8) throw new Error("CRDs are not established");
    },
    { timeout: 20_000, interval: 50 },
  );
}

const meta = (namespace: string, name: string) => ({ apiVersion: API_VERSION, metadata: { namespace, name } });

export async function createNamespace(client: KubeClient, name: string): Promise<void> {
  await client.create(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

/** A namespace with an AgentRuntime, an AgentAuth, an AgentRole and a ClusterAccess, each named "default". */
export async function createReferences(client: KubeClient, namespace: string): Promise<void> {
  await createNamespace(client, namespace);
  const base = meta(namespace, "default");
  const runtime = { image: "localhost/agent:dev", authEnvVar: "TOKEN", configPath: "/etc/agent", persistPath: "/data" };
  const secretRef = { name: "credential", key: "token" };
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  await client.create(agentRuntimes, { ...base, kind: "AgentRuntime", spec: runtime });
  await client.create(agentAuths, { ...base, kind: "AgentAuth", spec: { secretRef } });
  await client.create(agentRoles, { ...base, kind: "AgentRole", spec: { allowedTools: ["Read"] } });
  await client.create(clusterAccesses, { ...base, kind: "ClusterAccess", spec: { rules } });
}

export function agentJob(namespace: string, name: string, spec: Partial<AgentJob["spec"]> = {}): AgentJob {
  const refs = { runtimeRef: "default", authRef: "default", roleRef: "default", prompt: "Say hello" };
  return { ...meta(namespace, name), kind: "AgentJob", spec: { ...refs, ...spec } as AgentJob["spec"] };
}

/** The AgentJob once it is as `check` wants it; the last state is in the error when it never is. */
export async function eventually(
  client: KubeClient,
  { metadata: { namespace = "", name } }: KubeObject,
  check: (job: AgentJob) => boolean,
): Promise<AgentJob> {
  return await vi.waitFor(
    async () => {
      const job = await client.get(agentJobs, { namespace, name });
      if (job === undefined || !check(job)) throw new Error(`Not yet: ${JSON.stringify(job?.status, undefined, 1)}`);
      return job;
    },
    { timeout: 20_000, interval: 30 },
  );
}

/** What `read` gives, once it gives something. */
export async function found<T>(read: () => Promise<T | undefined>): Promise<T> {
  return await vi.waitFor(
    async () => {
      const value = await read();
      if (value === undefined) throw new Error("Nothing yet");
      return value;
    },
    { timeout: 20_000, interval: 30 },
  );
}

export async function jobsOf(client: KubeClient, namespace: string): Promise<readonly LiveJob[]> {
  return (await client.list(JOBS, { namespace })).items;
}

/** As the Job controller: the pod of a Job, not started. */
export async function createPod(client: KubeClient, job: LiveJob): Promise<LivePod> {
  const { name, namespace = "", uid = "" } = job.metadata;
  const owner = { apiVersion: "batch/v1", kind: "Job", name, uid, controller: true, blockOwnerDeletion: true };
  const template = job.spec?.template;
  const labels = { ...template?.metadata?.labels, "batch.kubernetes.io/job-name": name };
  const startTime = now();
  await client.patch(
    JOBS,
    { namespace, name },
    { status: { startTime, active: 1, ready: 0 } },
    { subresource: "status" },
  );
  return await client.create(PODS, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name: `${name}-x`, labels, ownerReferences: [owner] },
    ...(template?.spec === undefined ? {} : { spec: template.spec }),
  });
}

export async function setPodStatus(client: KubeClient, pod: KubeObject, status: Pod["status"]): Promise<void> {
  const { namespace = "", name } = pod.metadata;
  await client.patch(PODS, { namespace, name }, { status }, { subresource: "status" });
}

/** As the kubelet: the container is running. */
export async function startPod(client: KubeClient, pod: KubeObject): Promise<void> {
  const state = { running: { startedAt: now() } };
  await setPodStatus(client, pod, { phase: "Running", containerStatuses: [containerStatus(state)] });
}

export function containerStatus(state: object) {
  return { name: "agent", image: "localhost/agent:dev", imageID: "", ready: false, restartCount: 0, state };
}

/** As kubelet and Job controller: the container has ended, and so has the Job. */
export async function endRun(client: KubeClient, job: LiveJob, exitCode: number, message: string): Promise<void> {
  const { namespace = "", name } = job.metadata;
  const pods = (await client.list(PODS, { namespace })).items;
  const pod = pods.find(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid));
  const phase = exitCode === 0 ? "Succeeded" : "Failed";
  const terminated = { exitCode, message, reason: exitCode === 0 ? "Completed" : "Error", finishedAt: now() };
  if (pod !== undefined) {
    await setPodStatus(client, pod, { phase, containerStatuses: [containerStatus({ terminated })] });
  }
  await endJob(client, { namespace, name }, exitCode === 0 ? "Complete" : "Failed");
}

/** As the Job controller: the two conditions that every server since 1.31 wants in this order. */
async function endJob(
  client: KubeClient,
  ref: { namespace: string; name: string },
  type: "Complete" | "Failed",
): Promise<void> {
  const at = { lastTransitionTime: now(), lastProbeTime: now(), status: "True" };
  const first = { type: type === "Complete" ? "SuccessCriteriaMet" : "FailureTarget", ...at };
  const reason = type === "Complete" ? "CompletionsReached" : "BackoffLimitExceeded";
  const status = {
    active: 0,
    ready: 0,
    ...(type === "Complete" ? { succeeded: 1, completionTime: now() } : { failed: 1 }),
    uncountedTerminatedPods: {},
    conditions: [
      { ...first, reason },
      { type, ...at, reason },
    ],
  };
  const live = await client.get(JOBS, ref);
  const startTime = live?.status?.startTime ?? now();
  await client.patch(JOBS, ref, { status: { startTime, ...status } }, { subresource: "status" });
}

/** As the garbage collector: whatever waits for foreground deletion is let go, its pods first. */
export async function collectGarbage(client: KubeClient, namespace: string): Promise<void> {
  for (const job of await jobsOf(client, namespace)) {
    if (job.metadata.deletionTimestamp === undefined) continue;
    const { items } = await client.list(PODS, { namespace });
    const own = items.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid));
    for (const pod of own) await client.delete(PODS, { namespace, name: pod.metadata.name }, { gracePeriodSeconds: 0 });
    await client.patch(JOBS, { namespace, name: job.metadata.name }, { metadata: { finalizers: null } });
  }
}

function now(): string {
  return `${new Date().toISOString().slice(0, -5)}Z`;
}
