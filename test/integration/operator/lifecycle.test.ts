import { crds } from "@clauderon/kinds";
import { CRDS, HttpKubeClient, JOBS, LEASES, loadKubeConfig } from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startApiServer } from "../../kit/apiserver/index.ts";
import { OperatorProcess } from "./operatorProcess.ts";
import { Relay } from "./relay.ts";
import {
  agentJob,
  agentJobs,
  createReferences,
  eventually,
  found,
  installCrds,
  jobsOf,
  startWorld,
  type World,
} from "./world.ts";

describe("An operator on a cluster without CRDs", () => {
  it("is alive immediately, and ready only when the CRDs exist and its caches have synced", async () => {
    await using api = await startApiServer();
    await using relay = await Relay.start(api);
    await using operator = await OperatorProcess.start(relay.url);
    const client = new HttpKubeClient(loadKubeConfig({ kubeconfig: api.kubeconfig }));
    try {
      expect(await operator.probe("/healthz")).toBe(200);
      await vi.waitFor(() => expect(relay.passed.some(({ path }) => path.includes("agentjobs"))).toBe(true), 20_000);
      expect(await operator.probe("/readyz")).toBe(503);
      await installCrds(client);
      await vi.waitFor(async () => expect(await operator.probe("/readyz")).toBe(200), {
        timeout: 60_000,
        interval: 200,
      });
      expect((await client.list(CRDS)).items).toHaveLength(crds().length);
      expect(await operator.stop()).toBe(0);
    } finally {
      await client.close();
    }
  });
});

describe("An operator", () => {
  let world: World;
  let relay: Relay;

  beforeAll(async () => {
    world = await startWorld();
    relay = await Relay.start(world.api);
  });

  afterAll(async () => {
    await relay[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  it("recovers by itself when the API server disappears under load", { timeout: 180_000 }, async () => {
    const { client, api } = world;
    await createReferences(client, "load");
    await using operator = await OperatorProcess.start(relay.url);
    const names = Array.from({ length: 100 }, (_, at) => `job-${at}`);
    const write = (name: string) =>
      vi.waitFor(() => client.apply(agentJobs, agentJob("load", name), { fieldManager: "test", force: true }), 60_000);
    const writing = (async () => {
      for (const name of names) await write(name);
    })();
    await vi.waitFor(async () => expect((await jobsOf(client, "load")).length).toBeGreaterThan(10), 60_000);
    await api.kill();
    await vi.waitFor(() => expect(operator.log.some(({ level }) => level === "warn")).toBe(true), 30_000);
    await api.restart();
    await writing;
    await vi.waitFor(
      async () => {
        const { items } = await client.list(agentJobs, { namespace: "load" });
        expect(items.filter(({ status }) => status?.runs?.length === 1)).toHaveLength(100);
      },
      { timeout: 90_000, interval: 500 },
    );
    const jobs = await jobsOf(client, "load");
    expect(new Set(jobs.map(({ metadata }) => metadata.ownerReferences?.[0]?.name)).size).toBe(100);
    expect(jobs).toHaveLength(100);
    expect(operator.isRunning).toBe(true);
    expect(await operator.stop()).toBe(0);
  });

  it("leads alone, and hands over when it stops", async () => {
    const { client } = world;
    await createReferences(client, "lead");
    await using first = await OperatorProcess.start(relay.url, []);
    await first.says("Started reconciling");
    await using second = await OperatorProcess.start(relay.url, []);
    await second.says("Another instance leads");
    await vi.waitFor(async () => expect(await second.probe("/readyz")).toBe(200), 20_000);
    expect(second.log.some(({ msg }) => msg === "Started reconciling")).toBe(false);
    expect(await client.get(LEASES, { namespace: "default", name: "thurkube" })).toBeDefined();
    expect(await first.stop()).toBe(0);
    await second.says("Started reconciling");
    const job = await client.create(agentJobs, agentJob("lead", "summarize"));
    const { status } = await eventually(client, job, ({ status }) => status?.runs?.length === 1);
    const run = { namespace: "lead", name: status?.runs?.[0]?.name ?? "" };
    expect((await found(() => client.get(JOBS, run))).metadata.name).toBe(run.name);
  });
});
