import { CRDS, CRON_JOBS, JOBS } from "@clauderon/kube";
import { type AgentJob, crds } from "@clauderon/kinds";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openStage, type Stage } from "./stage.ts";
import { agentJob, agentJobs, createPod, endRun, eventually, installCrds, jobsOf, startPod } from "./world.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

const isOutdated = ({ status }: AgentJob) =>
  (status?.conditions ?? []).some(({ type, reason }) => type === "Ready" && reason === "CrdOutdated");

describe.each(["status", "spec"] as const)("A CRD whose %s is older than the operator", (part) => {
  const field = part === "status" ? "runs" : "persistence";
  const name = `outdated-${part}`;

  it("starts no run, and is reported with its fix, until it is upgraded", async () => {
    const { client, operator } = stage;
    const scheduled = await stage.create(`${name}-cron`, { schedule: "@daily" });
    await eventually(client, scheduled, ({ status }) => status?.phase === "Scheduled");
    await serveWithout(part, field);
    const job = await stage.create(name);
    const words = `The CRDs are older than the operator: AgentJob has no .${part}.${field}. Upgrade the CRDs: thurkube --crd | kubectl`;
    const reported = await eventually(client, job, isOutdated);
    expect(reported.status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({
      status: "False",
      message: expect.stringContaining(words) as unknown,
    });
    await eventually(client, scheduled, isOutdated);
    expect((await client.get(CRON_JOBS, { namespace: `${name}-cron`, name: "summarize" }))?.spec?.suspend).toBe(true);
    expect(await jobsOf(client, name)).toEqual([]);
    expect((await operator.says("No run starts")).level).toBe("warn");
    expect(await operator.probe("/readyz")).toBe(503);
    const events = ["get", "events", `--namespace=${name}`, "--output=jsonpath={.items[*].reason}"];
    await vi.waitFor(async () => expect(await stage.api.kubectl(events)).toContain("CrdOutdated"), 20_000);

    await installCrds(client);
    const run = await stage.firstRun(name);
    await startPod(client, await createPod(client, run));
    await endRun(client, run, 0, "{}");
    await eventually(client, job, ({ status }) => status?.phase === "Succeeded" && status.runs?.length === 1);
    await eventually(client, scheduled, ({ status }) => status?.phase === "Scheduled");
    expect((await client.get(CRON_JOBS, { namespace: `${name}-cron`, name: "summarize" }))?.spec?.suspend).toBe(false);
    expect(await operator.probe("/readyz")).toBe(200);
  });
});

it("An active run continues with a CRD that becomes older than the operator", async () => {
  const { client } = stage;
  const job = await stage.create("active");
  const run = await stage.firstRun("active");
  await startPod(client, await createPod(client, run));
  await eventually(client, job, ({ status }) => status?.phase === "Running");
  await serveWithout("spec", "persistence");
  await eventually(client, job, isOutdated);
  await stage.edit("active", { prompt: "Another" });
  const second = await client.create(agentJobs, agentJob("active", "second"));
  await eventually(client, second, isOutdated);
  const live = await client.get(JOBS, { namespace: "active", name: run.metadata.name });
  expect(live?.metadata.deletionTimestamp).toBeUndefined();
  await endRun(client, run, 0, '{"outcome":"Succeeded"}');
  await eventually(client, job, ({ status }) => status?.runs?.[0]?.phase === "Succeeded");
  expect(await jobsOf(client, "active")).toHaveLength(1);
  await installCrds(client);
});

/** The CRD of AgentJobs before that field was added. */
async function serveWithout(part: "spec" | "status", field: string): Promise<void> {
  const { client } = stage;
  const crd = JSON.parse(JSON.stringify(crds().find(({ spec }) => spec.names.kind === "AgentJob"))) as {
    spec: {
      versions: { schema: { openAPIV3Schema: { properties: Record<"spec" | "status", { properties: object }> } } }[];
    };
  };
  for (const { schema } of crd.spec.versions) {
    const { [part]: whole } = schema.openAPIV3Schema.properties;
    whole.properties = Object.fromEntries(Object.entries(whole.properties).filter(([name]) => name !== field));
  }
  await client.apply(CRDS, crd as never, { fieldManager: "test", force: true });
  await vi.waitFor(async () => {
    const live = await client.get(CRDS, { name: "agentjobs.thurkube.thurbeen.eu" });
    const text = JSON.stringify(live?.spec.versions);
    if (text.includes(field === "runs" ? '"sessionId"' : `"${field}"`)) throw new Error(`The CRD still has ${field}`);
  }, 20_000);
}
