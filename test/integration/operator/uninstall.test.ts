import { type AgentJob, childNames, FINALIZER } from "@clauderon/kinds";
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, JOBS, LEASES, NAMESPACES } from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { manifests, renderChart } from "../../docs/chart.ts";
import { type LogLine, OperatorProcess } from "./operatorProcess.ts";
import { Relay } from "./relay.ts";
import { agentJob, agentJobs, createReferences, eventually, startWorld, type World } from "./world.ts";

/** The account of the chart's hook, with the rights that the chart gives it. */
const HOOK = "system:serviceaccount:default:thurkube-uninstall";
let world: World;
let admin: Relay;
let hook: Relay;

beforeAll(async () => {
  world = await startWorld();
  const rendered = await renderChart("helm", ["--namespace=default"]);
  const rights = manifests(rendered).filter(
    ({ kind, metadata }) => metadata.name === "thurkube-uninstall" && kind !== "Job" && kind !== "ServiceAccount",
  );
  for (const object of rights) await world.api.kubectl(["create", "--filename=-"], JSON.stringify(object));
  admin = await Relay.start(world.api);
  hook = await Relay.start(world.api, HOOK);
});
afterAll(async () => {
  await admin[Symbol.asyncDispose]();
  await hook[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const spec = { schedule: "@daily", clusterAccessRef: "default" };
const ref = (namespace: string) => ({ namespace, name: "summarize" });

/** An AgentJob to which the operator has granted a ClusterAccess. */
async function granted(namespace: string): Promise<AgentJob> {
  await createReferences(world.client, namespace);
  const job = await world.client.create(agentJobs, agentJob(namespace, "summarize", spec));
  return await eventually(world.client, job, ({ status }) => status?.phase === "Scheduled");
}

const accessOf = async (job: AgentJob) => {
  const { clusterRole: name } = childNames(job);
  const found = [
    await world.client.get(CLUSTER_ROLES, { name }),
    await world.client.get(CLUSTER_ROLE_BINDINGS, { name }),
  ];
  return found.filter((object) => object !== undefined).length;
};

/** Runs the command to its end; what it reports. */
async function release(...args: readonly string[]): Promise<LogLine> {
  await using process = await OperatorProcess.launch(hook.url, ["--release-finalizers", ...args]);
  return await process.says("Released the AgentJobs");
}

/** As somebody who removes the finalizer to get rid of the AgentJob. */
async function force(namespace: string): Promise<void> {
  await world.client.patch(agentJobs, ref(namespace), { metadata: { finalizers: null } });
  await world.client.delete(agentJobs, ref(namespace));
}

describe("thurkube --release-finalizers", () => {
  it("waits for the operator's end, then revokes and releases everything that the operator left", async () => {
    const { client } = world;
    await using operator = await OperatorProcess.start(admin.url, []);
    const [job, going] = [await granted("released"), await granted("going")];
    const plain = await client.create(agentJobs, agentJob("released", "plain"));
    await client.patch(agentJobs, ref("going"), [
      { op: "add", path: "/metadata/finalizers/-", value: "example.com/other" },
    ]);
    await client.create(CLUSTER_ROLES, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "foreign", labels: { "app.kubernetes.io/managed-by": "thurkube" } },
      rules: [],
    });
    await using released = await OperatorProcess.launch(hook.url, ["--release-finalizers"]);
    await released.says("Another instance leads");
    expect([await accessOf(job), await accessOf(going)]).toEqual([2, 2]);

    expect(await operator.stop()).toBe(0);
    await client.delete(agentJobs, ref("going"));
    expect(await released.says("Released the AgentJobs")).toMatchObject({ deleted: 4, released: 2 });
    expect(await released.ended()).toBe(0);
    expect([await accessOf(job), await accessOf(going)]).toEqual([0, 0]);
    expect(await client.get(CLUSTER_ROLES, { name: "foreign" })).toBeDefined();
    expect((await client.get(agentJobs, ref("going")))?.metadata.finalizers).toEqual(["example.com/other"]);
    for (const name of ["summarize", plain.metadata.name]) {
      await client.delete(agentJobs, { namespace: "released", name });
      expect(await client.get(agentJobs, { namespace: "released", name })).toBeUndefined();
    }
    expect((await client.get(LEASES, { namespace: "default", name: "thurkube" }))?.spec?.holderIdentity ?? "").toBe("");
    await client.patch(agentJobs, ref("going"), { metadata: { finalizers: null } });
    await client.delete(CLUSTER_ROLES, { name: "foreign" });
  });

  it("leaves other namespaces than the watched one as they are, and finds nothing to do the second time", async () => {
    let job: AgentJob;
    {
      await using _operator = await OperatorProcess.start(admin.url);
      job = await granted("kept");
    }
    expect(await release("--watch-namespace=elsewhere")).toMatchObject({ deleted: 0, released: 0 });
    expect(await accessOf(job)).toBe(2);
    expect(await release()).toMatchObject({ deleted: 2, released: 1 });
    expect(await release()).toMatchObject({ deleted: 0, released: 0 });
  });
});

describe("A ClusterRole and its binding that outlived their AgentJob", () => {
  it("are deleted when the operator starts, and those of AgentJobs that exist are kept", async () => {
    const { client } = world;
    let [lost, kept]: AgentJob[] = [];
    {
      await using _operator = await OperatorProcess.start(admin.url);
      [lost, kept] = [await granted("lost"), await granted("alive")];
    }
    await force("lost");
    expect(await accessOf(lost)).toBe(2);
    await using _operator = await OperatorProcess.start(admin.url);
    await vi.waitFor(async () => expect(await accessOf(lost)).toBe(0), 20_000);
    expect(await accessOf(kept)).toBe(2);
    expect(await client.get(NAMESPACES, { name: "lost" })).toBeDefined();
    expect(await client.list(JOBS, { namespace: "lost" })).toMatchObject({ items: [] });
  });

  it("are deleted while the operator runs", async () => {
    await using _operator = await OperatorProcess.start(admin.url);
    const job = await granted("forced");
    await force("forced");
    await vi.waitFor(async () => expect(await accessOf(job)).toBe(0), 20_000);
  });
});

it("A finalizer is on no AgentJob without a ClusterAccess", async () => {
  const all = (await world.client.list(agentJobs)).items.filter(({ spec }) => spec.clusterAccessRef === undefined);
  expect(all.filter(({ metadata }) => metadata.finalizers?.includes(FINALIZER))).toEqual([]);
});
