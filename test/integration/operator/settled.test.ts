import { join } from "node:path";
import {
  AGENT_AUTHS,
  AGENT_ROLES,
  AGENT_RUNTIMES,
  AGENT_SKILLS,
  type AgentJob,
  agentJobReferences,
  CLUSTER_ACCESSES,
  type Kind,
  MCP_SERVERS,
  REPOSITORIES,
} from "@clauderon/kinds";
import type { KubeObject } from "@clauderon/base";
import { type Resource, SERVICES } from "@clauderon/kube";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readKitConfig } from "../../kit/cluster/config.ts";
import { readManifests } from "../api/kindsServer.ts";
import { openStage, type Stage } from "./stage.ts";
import { agentJob, agentJobs, createNamespace, eventually } from "./world.ts";

/** Every field of every kind, and the spellings that people use: the API server writes, defaults and drops some of them. */
const MANIFESTS = readManifests(join(import.meta.dirname, "../api/manifests"));
const EXAMPLES = readManifests(join(import.meta.dirname, "../../../examples"));
const isJob = (object: KubeObject): object is AgentJob => object.kind === "AgentJob";
const REFERENCED = [
  AGENT_RUNTIMES,
  AGENT_AUTHS,
  AGENT_ROLES,
  AGENT_SKILLS,
  MCP_SERVERS,
  REPOSITORIES,
  CLUSTER_ACCESSES,
] as readonly Kind[];

/** Resource claims are behind a feature gate in 1.28, which then drops them; later versions refuse a claim that the pod does not have. */
const isOldest = readKitConfig().apiServerVersion === "oldest";

/** Specs that say the same as the API server in other words. */
const ODD: Readonly<Record<string, Partial<AgentJob["spec"]>>> = {
  quantities: {
    persist: true,
    persistence: { size: "1024Mi" },
    resources: { limits: { cpu: "2000m", memory: "0.5Gi" }, requests: { cpu: 0, memory: 268_435_456 } },
  },
  "empty-values": {
    persist: true,
    persistence: { size: "1Gi", storageClassName: "" },
    env: [{ name: "A", value: "" }],
    envFrom: [{ prefix: "", secretRef: { name: "s" } }],
  },
  "same-variables": {
    env: [
      { name: "A", value: "1" },
      { name: "A", value: "2" },
    ],
  },
  divisor: {
    env: [{ name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "1000m" } } }],
  },
  access: { clusterAccessRef: "default" },
  ...(isOldest ? { "dropped-claims": { resources: { claims: [{ name: "gpu" }] } } } : {}),
};

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => stage[Symbol.asyncDispose]());

/** Creates what an AgentJob refers to, from the manifest of that name or any of its kind. */
async function createReferencesOf(job: AgentJob): Promise<void> {
  const { namespace = "" } = job.metadata;
  for (const { kind, name } of agentJobReferences(job)) {
    const all = [...EXAMPLES, ...MANIFESTS].filter((object) => object.kind === kind);
    const { spec } = (all.find(({ metadata }) => metadata.name === name) ?? all[0]) as KubeObject & { spec: object };
    const resource = REFERENCED.find((ours) => ours.kind === kind) as Resource;
    const allowed =
      kind === "ClusterAccess" ? { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] } : spec;
    const delivered = kind === "AgentAuth" && job.spec.egress !== undefined ? { delivery: "Proxy" } : {};
    const object = {
      apiVersion: job.apiVersion,
      kind,
      metadata: { namespace, name },
      spec: { ...allowed, ...delivered },
    };
    await stage.client.create(resource, object);
  }
  if (job.spec.egress === undefined) return;
  const metadata = { namespace, name: "clauderon-proxy" };
  const service = { apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ port: 3030 }] } };
  await stage.client.create(SERVICES, service);
}

const jobs = [
  ...MANIFESTS.filter(isJob).map(({ metadata, spec }) => [`manifest-${metadata.name}`, spec] as const),
  ...EXAMPLES.filter(isJob).map(({ metadata, spec }) => [`example-${metadata.name}`, spec] as const),
  ...Object.entries(ODD),
];

it.each(jobs)("a settled AgentJob like %s is not written again", async (namespace, given) => {
  const { client, relay } = stage;
  await createNamespace(client, namespace);
  const { claims: _claims, ...resources } = (given.resources ?? {}) as { readonly claims?: unknown };
  const ofAllVersions = namespace === "dropped-claims" ? given : { ...given, resources };
  const spec = { schedule: "@daily", ...ofAllVersions, suspend: false };
  const job = await client.create(agentJobs, agentJob(namespace, "job", spec as AgentJob["spec"]));
  await createReferencesOf(job);
  await eventually(client, job, isReady);
  const touch = (value: string) =>
    client.patch(agentJobs, { namespace, name: "job" }, { metadata: { annotations: { touched: value } } });
  await touch("once");
  await settle(`${namespace}-1`);
  relay.reset();
  await touch("twice");
  await settle(`${namespace}-2`);
  expect(
    relay.work.filter(({ path }) => path.includes(`/namespaces/${namespace}/`) || !path.includes("/namespaces/")),
  ).toEqual([]);
});

function isReady({ status }: AgentJob): boolean {
  return status?.conditions?.find(({ type }) => type === "Ready")?.status === "True";
}

/** Waits until the operator has handled all earlier changes: the queue is first in, first out. */
async function settle(namespace: string): Promise<void> {
  await createNamespace(stage.client, namespace);
  const marker = await stage.client.create(agentJobs, agentJob(namespace, "marker"));
  await eventually(stage.client, marker, ({ status }) => status?.phase === "Pending");
}
