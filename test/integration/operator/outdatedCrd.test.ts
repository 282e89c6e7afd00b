import { CRDS } from "@clauderon/kube";
import { crds } from "@clauderon/kinds";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openStage, type Stage } from "./stage.ts";
import { createPod, endRun, eventually, installCrds, jobsOf, startPod } from "./world.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

it("a CRD older than the operator is reported in Ready with its fix, and the run's result after an upgrade", async () => {
  const { client } = stage;
  await serveWithoutRuns();
  const job = await stage.create("outdated");
  const reported = await eventually(client, job, ({ status }) =>
    (status?.conditions ?? []).some(({ reason }) => reason === "CrdOutdated"),
  );
  expect(reported.status?.conditions).toEqual([
    expect.objectContaining({
      type: "Ready",
      status: "False",
      message: expect.stringMatching(/^The CRD of AgentJobs is older.*no \.status\.runs\. .*thurkube --crd \| kubectl/),
    }),
  ]);
  const run = await stage.firstRun("outdated");
  await startPod(client, await createPod(client, run));
  await endRun(client, run, 0, "{}");
  await installCrds(client);
  await stage.edit("outdated", { suspend: true }); // Wakes the operator, which else tries again after a while.
  await eventually(client, job, ({ status }) => status?.phase === "Succeeded" && status.runs?.length === 1);
  expect(await jobsOf(client, "outdated")).toHaveLength(1);
});

/** The CRD of AgentJobs before status.runs was added. */
async function serveWithoutRuns(): Promise<void> {
  const { client } = stage;
  const crd = JSON.parse(JSON.stringify(crds().find(({ spec }) => spec.names.kind === "AgentJob"))) as {
    spec: { versions: { schema: { openAPIV3Schema: { properties: { status: { properties: object } } } } }[] };
  };
  for (const { schema } of crd.spec.versions) {
    const { status } = schema.openAPIV3Schema.properties;
    status.properties = Object.fromEntries(Object.entries(status.properties).filter(([name]) => name !== "runs"));
  }
  await client.apply(CRDS, crd as never, { fieldManager: "test", force: true });
  await vi.waitFor(async () => {
    const text = JSON.stringify(await client.get(CRDS, { name: "agentjobs.thurkube.thurbeen.eu" }));
    if (text.includes('"sessionId"')) throw new Error("The CRD still has runs");
  });
}
