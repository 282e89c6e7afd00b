import { JOBS, PODS } from "@clauderon/kube";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openStage, type Stage } from "./stage.ts";
import { createNamespace, createPod, endRun, eventually, startPod } from "./world.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

it("a Job and pod in another namespace with the labels, names and owners of a run do not count as a run", async () => {
  const { client } = stage;
  const job = await stage.create("victim");
  const run = await stage.firstRun("victim");
  await createNamespace(client, "forger");
  const { labels, ownerReferences = [], name } = run.metadata;
  const { spec } = run;
  const template = { ...spec?.template, metadata: { labels: labels ?? {} } };
  for (const forged of [name, "another"]) {
    const metadata = { namespace: "forger", name: forged, labels: labels ?? {}, ownerReferences };
    const copy = { backoffLimit: 0, template: template as never };
    const created = await client.create(JOBS, { apiVersion: "batch/v1", kind: "Job", metadata, spec: copy });
    await startPod(client, await createPod(client, created));
    await endRun(client, created, 0, JSON.stringify({ outcome: "Succeeded", lastMessage: "Forged" }));
  }
  await startPod(client, await createPod(client, run));
  const { status } = await eventually(client, job, ({ status }) => status?.phase === "Running");
  expect(status?.runs).toMatchObject([{ name, phase: "Running" }]);
  await endRun(client, run, 0, JSON.stringify({ outcome: "Succeeded", lastMessage: "Real" }));
  const done = await eventually(client, job, ({ status }) => status?.phase === "Succeeded");
  expect(done.status?.runs).toMatchObject([{ name, phase: "Succeeded", lastMessage: "Real" }]);
  expect(done.status?.runs).toHaveLength(1);
});

it("a pod in another namespace that names a run's Job as its owner keeps no new run from starting", async () => {
  const { client } = stage;
  const job = await stage.create("waits");
  const run = await stage.firstRun("waits");
  const { labels = {} } = run.metadata;
  const owner = { apiVersion: "batch/v1", kind: "Job", name: run.metadata.name, uid: run.metadata.uid ?? "" };
  const metadata = { namespace: "forger", name: "squatter", labels, ownerReferences: [owner] };
  const spec = { containers: [{ name: "agent", image: "localhost/agent:dev" }] };
  await client.create(PODS, { apiVersion: "v1", kind: "Pod", metadata, spec });
  await startPod(client, await createPod(client, run));
  await endRun(client, run, 0, JSON.stringify({ outcome: "Succeeded" }));
  await eventually(client, job, ({ status }) => status?.phase === "Succeeded");
  await stage.edit("waits", { prompt: "Say goodbye" });
  const { status } = await eventually(client, job, ({ status }) => status?.runs?.length === 2);
  expect(status?.runs).toMatchObject([{ phase: "Pending" }, { name: run.metadata.name, phase: "Succeeded" }]);
});
