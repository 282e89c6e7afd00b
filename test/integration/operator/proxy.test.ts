import { CONFIG_MAPS, SERVICES } from "@clauderon/kube";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openStage, type Stage } from "./stage.ts";
import { agentAuths, agentJob, agentJobs, agentRuntimes, createReferences, eventually, jobsOf } from "./world.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage[Symbol.asyncDispose]());

const AUTH = { name: "default" };

/** A namespace whose AgentAuth has delivery Proxy. */
async function proxied(namespace: string): Promise<void> {
  const { client } = stage;
  await createReferences(client, namespace);
  await client.patch(agentRuntimes, { namespace, ...AUTH }, { spec: { authEnvVar: "ANTHROPIC_API_KEY" } });
  await client.patch(agentAuths, { namespace, ...AUTH }, { spec: { delivery: "Proxy" } });
}

async function createProxy(namespace: string): Promise<string> {
  const metadata = { namespace, name: "clauderon-proxy" };
  const spec = { ports: [{ port: 3030 }] };
  const service = await stage.client.create(SERVICES, { apiVersion: "v1", kind: "Service", metadata, spec });
  return service.spec?.clusterIP ?? "";
}

it("a run waits for the proxy of its namespace, then starts behind it with a grant that follows its AgentJob", async () => {
  const { client } = stage;
  const namespace = "behind";
  await proxied(namespace);
  const egress = { mode: "Enforce" as const, accessMode: "ReadWrite" as const, allow: ["example.com"] };
  const job = await client.create(agentJobs, agentJob(namespace, "summarize", { egress }));
  const waiting = await eventually(client, job, ({ status }) => status?.conditions !== undefined);
  expect(waiting.status?.conditions?.[0]).toMatchObject({ type: "Ready", status: "False", reason: "ProxyNotFound" });
  expect(await jobsOf(client, namespace)).toEqual([]);

  const address = await createProxy(namespace);
  await eventually(client, job, ({ status }) => status?.runs?.length === 1);
  const [run] = await jobsOf(client, namespace);
  expect(run?.spec?.template.spec).toMatchObject({ hostAliases: [{ ip: address, hostnames: ["clauderon-proxy"] }] });
  expect(JSON.stringify(run)).not.toContain('"credential"');
  const name = `clauderon-grant-${job.metadata.uid}`;
  const grantOf = async () => {
    const map = await client.get(CONFIG_MAPS, { namespace, name });
    return JSON.parse(map?.data?.["grant.json"] ?? "{}") as { allow?: readonly { host: string }[]; name?: string };
  };
  expect(await grantOf()).toMatchObject({ name: "behind/summarize", principal: job.metadata.uid });

  await stage.edit(namespace, { egress: { allow: ["example.com", "example.org"] } });
  const hosts = async () => (await grantOf()).allow?.map(({ host }) => host);
  await expect.poll(hosts).toEqual(["api.anthropic.com", "example.com", "example.org"]);
  await client.patch(CONFIG_MAPS, { namespace, name }, { data: { "grant.json": "{}" } });
  await expect.poll(hosts).toEqual(["api.anthropic.com", "example.com", "example.org"]);
  // A change of what it may reach starts no other run.
  expect((await jobsOf(client, namespace)).map(({ metadata }) => metadata.uid)).toEqual([run?.metadata.uid]);

  const totals = { calls: 3, inputTokens: 10, cacheWriteTokens: 0, cacheReadTokens: 5, outputTokens: 7 };
  const used = { ...totals, costUsd: 0.25, unpricedCalls: 1, lastCallTime: "2026-12-01T00:00:00.123Z" };
  const usage = { namespace, name: "clauderon-proxy-usage" };
  const data = { [job.metadata.uid ?? ""]: JSON.stringify(used), another: "{}" };
  await client.create(CONFIG_MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: usage, data });
  const cost = { ...totals, cost: "0.250000", unpricedCalls: 1, lastCallTime: "2026-12-01T00:00:00Z" };
  await eventually(client, job, ({ status }) => status?.usage?.calls === 3);
  const calls = JSON.stringify({ ...used, calls: 4 });
  await client.patch(CONFIG_MAPS, usage, { data: { [job.metadata.uid ?? ""]: calls } });
  await eventually(client, job, ({ status }) => status?.usage?.calls === 4);
  await client.delete(CONFIG_MAPS, usage);

  await client.patch(agentAuths, { namespace, ...AUTH }, { spec: { delivery: null } });
  await stage.edit(namespace, { egress: null });
  const labels = async () => (await client.get(CONFIG_MAPS, { namespace, name }))?.metadata.labels;
  await expect.poll(labels).not.toHaveProperty("clauderon.dev/proxy");
  expect((await client.get(agentJobs, job.metadata))?.status?.usage).toEqual({ ...cost, calls: 4 });
});

it("a credential that the proxy cannot send is named, and nothing starts", async () => {
  const { client } = stage;
  const namespace = "unknown-service";
  await proxied(namespace);
  await createProxy(namespace);
  await client.patch(agentRuntimes, { namespace, ...AUTH }, { spec: { authEnvVar: "MY_TOKEN" } });
  const job = await client.create(agentJobs, agentJob(namespace, "summarize"));
  const { status } = await eventually(client, job, ({ status }) => status?.conditions !== undefined);
  expect(status?.conditions?.[0]).toMatchObject({ status: "False", reason: "DeliveryNotSupported" });
  expect(status?.message).toContain("MY_TOKEN");
  expect(await jobsOf(client, namespace)).toEqual([]);
});
