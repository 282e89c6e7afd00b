import { childNames, FINALIZER } from "@clauderon/kinds";
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, CONFIG_MAPS, CRON_JOBS, SERVICE_ACCOUNTS } from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readKitConfig } from "../../kit/cluster/config.ts";
import { openStage, type Stage } from "./stage.ts";
import {
  agentJob,
  agentJobs,
  agentRoles,
  clusterAccesses,
  createNamespace,
  createReferences,
  eventually,
  jobsOf,
} from "./world.ts";
/** It does not have the field that the later one validates. */
const isOldest = readKitConfig().apiServerVersion === "oldest";
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage[Symbol.asyncDispose]());

describe("references of an AgentJob", () => {
  it("make an AgentJob wait while they are missing, and wake it when they appear", async () => {
    const { client } = stage;
    await createNamespace(client, "bare");
    const job = await client.create(agentJobs, agentJob("bare", "waits"));
    const { status } = await eventually(client, job, ({ status }) => status?.phase === "Pending");
    expect(status?.message).toBe(
      'AgentRuntime "default", AgentAuth "default" and AgentRole "default" are not in namespace "bare"',
    );
    expect(status?.conditions?.find(({ type }) => type === "Ready")?.reason).toBe("AgentRuntimeNotFound");
    await createReferencesIn("bare");
    await eventually(client, job, ({ status }) => status?.runs?.length === 1);
  });

  it("reach their AgentJobs by watch when they are edited", async () => {
    const { client } = stage;
    const job = await stage.create("watched", { schedule: "@daily" });
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    await client.patch(agentRoles, { namespace: "watched", name: "default" }, { spec: { allowedTools: ["Bash"] } });
    const tools = async () => {
      const config = await client.get(CONFIG_MAPS, { namespace: "watched", name: "summarize-config" });
      return (JSON.parse(config?.data?.["agent.json"] ?? "{}") as { allowedTools?: string[] }).allowedTools;
    };
    await expect.poll(tools).toEqual(["Bash"]);
  });
});

describe("children of an AgentJob", () => {
  it("are repaired when they drift or are deleted", async () => {
    const { client } = stage;
    const job = await stage.create("drift", { schedule: "@daily" });
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    const config = { namespace: "drift", name: "summarize-config" };
    await client.patch(CONFIG_MAPS, config, { data: { "agent.json": "{}" } });
    await client.delete(CRON_JOBS, { namespace: "drift", name: "summarize" });
    await vi.waitFor(async () => {
      expect((await client.get(CONFIG_MAPS, config))?.data?.["agent.json"]).toContain("Say hello");
      expect(await client.get(CRON_JOBS, { namespace: "drift", name: "summarize" })).toBeDefined();
    }, 20_000);
  });

  it("are reported, and never taken over, when they belong to someone else", async () => {
    const { client } = stage;
    await createReferences(client, "taken");
    const metadata = { namespace: "taken", name: "summarize-config" };
    await client.create(CONFIG_MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata, data: { theirs: "yes" } });
    const job = await client.create(agentJobs, agentJob("taken", "summarize"));
    const { status } = await eventually(client, job, ({ status }) => status?.conditions !== undefined);
    expect(status?.conditions?.[0]).toMatchObject({ type: "Ready", status: "False", reason: "ChildConflict" });
    expect(status?.message).toContain('ConfigMap "summarize-config" in namespace "taken"');
    const config = await client.get(CONFIG_MAPS, metadata);
    expect(config?.data).toEqual({ theirs: "yes" });
    expect(config?.metadata.ownerReferences).toBeUndefined();
    expect(await jobsOf(client, "taken")).toEqual([]);
  });

  it("are reported in the API server's words when it refuses them", async () => {
    const job = await stage.create("refused", { schedule: "@daily", timezone: "Nowhere/Land" });
    const { status } = await eventually(stage.client, job, ({ status }) => status?.conditions !== undefined);
    expect(status?.conditions?.[0]).toMatchObject({ status: "False", reason: "ChildRefused" });
    expect(status?.message).toContain("unknown time zone Nowhere/Land");
  });

  it("are not written when the configuration does not fit into a ConfigMap, until it is shorter", async () => {
    const { client } = stage;
    const job = await stage.create("large", { prompt: "line\n".repeat(190_000), instructions: "é".repeat(50_000) });
    const { status } = await eventually(client, job, ({ status }) => status?.conditions !== undefined);
    expect(status?.conditions?.[0]).toMatchObject({ type: "Ready", status: "False", reason: "ConfigTooLarge" });
    expect(status?.message).toMatch(
      /has 12\d{5} bytes as JSON, but a ConfigMap holds at most 1048576\. Its largest parts are prompt \(1140002\), instructions \(100002\), the tools of AgentRole "default" \(8\)/,
    );
    expect(await client.get(CONFIG_MAPS, { namespace: "large", name: "summarize-config" })).toBeUndefined();
    expect(await jobsOf(client, "large")).toEqual([]);
    await stage.edit("large", { prompt: "x".repeat(940_000) });
    await eventually(client, job, ({ status }) => status?.runs?.length === 1);
  });

  it("are reported when the API server does not know or does not accept one of their fields", async () => {
    const resources = { claims: [{ name: "gpu", request: "one" }] };
    const job = await stage.create("unknown", { schedule: "@daily", resources });
    const { status } = await eventually(stage.client, job, ({ status }) => status?.conditions !== undefined);
    expect(status?.conditions?.[0]).toMatchObject({ status: "False", reason: "ChildRefused" });
    const since1_31 = /resources.claims\[0\]: Not found: "gpu"/;
    const before = /does not know the field \S+claims\S+request of CronJob "summarize": Remove it from the AgentJob/;
    expect(status?.message).toMatch(isOldest ? before : since1_31);
  });
});

const read = async (name: string) => [
  await stage.client.get(CLUSTER_ROLES, { name }),
  await stage.client.get(CLUSTER_ROLE_BINDINGS, { name }),
];

describe("ClusterAccess", () => {
  it("becomes an account, a role and a binding, which are removed with clusterAccessRef", async () => {
    const { client } = stage;
    const job = await stage.create("access", { schedule: "@daily", clusterAccessRef: "default" });
    const ready = await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    expect(ready.metadata.finalizers).toEqual([FINALIZER]);
    const { clusterRole } = childNames(job);
    const [role, binding] = await read(clusterRole);
    expect(role).toMatchObject({ rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] });
    expect(binding).toMatchObject({
      subjects: [{ kind: "ServiceAccount", name: "summarize-runner", namespace: "access" }],
    });
    await stage.edit("access", { clusterAccessRef: null });
    await eventually(client, job, ({ metadata }) => (metadata.finalizers ?? []).length === 0);
    expect(await read(clusterRole)).toEqual([undefined, undefined]);
    expect(await client.get(SERVICE_ACCOUNTS, { namespace: "access", name: "summarize-runner" })).toBeUndefined();
  });

  it("is refused beyond the operator's own rights, with the excessive rule", async () => {
    const { client } = stage;
    await createReferences(client, "greedy");
    const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
    await client.patch(clusterAccesses, { namespace: "greedy", name: "default" }, { spec: { rules } });
    const job = await client.create(agentJobs, agentJob("greedy", "summarize", { clusterAccessRef: "default" }));
    const { status } = await eventually(client, job, ({ status }) => status?.conditions !== undefined);
    expect(status?.conditions?.[0]).toMatchObject({ status: "False", reason: "ClusterAccessNotPermitted" });
    expect(status?.message).toMatch(/ClusterAccess "default".*Resources:\["secrets"\].*ceiling/);
    expect(await jobsOf(client, "greedy")).toEqual([]);
  });

  it("survives a failed clean-up with its finalizer, and keeps the finalizers of others", async () => {
    const { client } = stage;
    const job = await stage.create("cleanup", { schedule: "@daily", clusterAccessRef: "default" });
    const ref = { namespace: "cleanup", name: "summarize" };
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    await client.patch(agentJobs, ref, [{ op: "add", path: "/metadata/finalizers/-", value: "example.com/other" }]);
    const { clusterRole } = childNames(job);
    await client.patch(CLUSTER_ROLES, { name: clusterRole }, { metadata: { finalizers: ["example.com/stuck"] } });
    await client.delete(agentJobs, ref);
    await expect.poll(async () => (await read(clusterRole))[1]).toBeUndefined();
    expect((await client.get(agentJobs, ref))?.metadata.finalizers).toEqual([FINALIZER, "example.com/other"]);
    await client.patch(CLUSTER_ROLES, { name: clusterRole }, { metadata: { finalizers: null } });
    await eventually(client, job, ({ metadata }) => metadata.finalizers?.join() === "example.com/other");
    expect(await read(clusterRole)).toEqual([undefined, undefined]);
    await client.patch(agentJobs, ref, { metadata: { finalizers: null } });
  });
});

async function createReferencesIn(namespace: string): Promise<void> {
  await createReferences(stage.client, `${namespace}-source`);
  for (const kind of ["agentroles", "agentauths", "agentruntimes"]) {
    const text = await stage.api.kubectl(["get", kind, "default", `--namespace=${namespace}-source`, "--output=json"]);
    const { metadata: _metadata, status: _status, ...rest } = JSON.parse(text) as Record<string, unknown>;
    const copy = { ...rest, metadata: { name: "default", namespace } };
    await stage.api.kubectl(["create", "--filename=-"], JSON.stringify(copy));
  }
}
