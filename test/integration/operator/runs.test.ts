import { CONFIG_MAPS, CRON_JOBS, EVENTS, JOBS, PERSISTENT_VOLUME_CLAIMS, PODS } from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStage, type Stage } from "./stage.ts";
import {
  agentJob,
  agentJobs,
  agentRoles,
  collectGarbage,
  containerStatus,
  createNamespace,
  createPod,
  endRun,
  eventually,
  found,
  jobsOf,
  setPodStatus,
  startPod,
} from "./world.ts";
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage[Symbol.asyncDispose]());

describe("A one-shot AgentJob", () => {
  it("goes from Pending through Running to Succeeded, with times and the runner's summary", async () => {
    const { client } = stage;
    const job = await stage.create("one");
    await eventually(client, job, ({ status }) => status?.phase === "Pending" && status.runs?.length === 1);
    const run = await stage.firstRun("one");
    expect(run.spec?.ttlSecondsAfterFinished).toBeUndefined();
    await startPod(client, await createPod(client, run));
    await eventually(client, job, ({ status }) => status?.phase === "Running");
    await endRun(
      client,
      run,
      0,
      JSON.stringify({ outcome: "Succeeded", turns: 3, costUSD: 0.0123, lastMessage: "Done" }),
    );
    const { status } = await eventually(client, job, ({ status }) => status?.phase === "Succeeded");
    expect(status?.runs?.[0]).toMatchObject({ phase: "Succeeded", turns: 3, cost: "0.0123", lastMessage: "Done" });
    expect(status?.lastRunTime).toBeDefined();
    expect(status?.lastCompletionTime).toBeDefined();
    expect(status?.conditions?.map(({ type, status: value }) => `${type}=${value}`)).toEqual([
      "Ready=True",
      "Suspended=False",
      "RunSucceeded=True",
    ]);
    const config = await client.get(CONFIG_MAPS, { namespace: "one", name: "summarize-config" });
    expect(JSON.parse(config?.data?.["agent.json"] ?? "")).toMatchObject({
      prompt: "Say hello",
      allowedTools: ["Read"],
    });
  });

  it("is reported with the runner's summary when its pod's events are late, as after an outage", async () => {
    const { client } = stage;
    const job = await stage.create("late");
    const run = await stage.firstRun("late");
    await startPod(client, await createPod(client, run));
    await eventually(client, job, ({ status }) => status?.phase === "Running");
    const release = stage.relay.hold(/\/pods\?/);
    await endRun(client, run, 0, JSON.stringify({ outcome: "Succeeded", turns: 1, lastMessage: "Done" }));
    const { status } = await eventually(client, job, ({ status }) => status?.phase === "Succeeded");
    release();
    expect(status?.runs?.[0]).toMatchObject({ phase: "Succeeded", turns: 1, lastMessage: "Done" });
  });

  it("reports its steps in events, each once", async () => {
    const { client } = stage;
    const reported = async () =>
      (await client.list(EVENTS, { namespace: "one" })).items.map(({ reason, series }) => [reason, series?.count ?? 1]);
    await expect.poll(reported).toHaveLength(2);
    expect(Object.fromEntries(await reported())).toEqual({ RunStarted: 1, RunSucceeded: 1 });
  });

  it("gets a TTL after its result is recorded, and does not run again when its Job is gone", async () => {
    const { client } = stage;
    const run = await found(async () => {
      const [live] = await jobsOf(client, "one");
      return live?.spec?.ttlSecondsAfterFinished === undefined ? undefined : live;
    });
    expect(run.spec?.ttlSecondsAfterFinished).toBe(86_400);
    await client.delete(JOBS, { namespace: "one", name: run.metadata.name }, { propagationPolicy: "Background" });
    const job = agentJob("one", "summarize");
    const { status } = await eventually(client, job, ({ status }) => status?.ownedResources?.length === 1);
    expect(status?.phase).toBe("Succeeded");
    expect(await jobsOf(client, "one")).toEqual([]);
  });

  it("reports why its pod waits and why it failed", async () => {
    const { client } = stage;
    const job = await stage.create("fails");
    const run = await stage.firstRun("fails");
    const pod = await createPod(client, run);
    const waiting = { reason: "CreateContainerConfigError", message: 'secret "credential" not found' };
    await setPodStatus(client, pod, { phase: "Pending", containerStatuses: [containerStatus({ waiting })] });
    const waits = await eventually(client, job, ({ status }) => status?.runs?.[0]?.reason === "SecretKeyMissing");
    expect(waits.status).toMatchObject({ phase: "Pending", message: expect.stringContaining("kubectl create secret") });
    await endRun(client, run, 1, JSON.stringify({ outcome: "Failed", reason: "AuthenticationFailed", message: "401" }));
    const { status } = await eventually(client, job, ({ status }) => status?.phase === "Failed");
    expect(status?.conditions?.find(({ type }) => type === "RunSucceeded")).toMatchObject({
      status: "False",
      reason: "AuthenticationFailed",
    });
  });

  it("keeps cost, tokens and branch of a run that the deadline of its Job ended", async () => {
    const { client } = stage;
    const job = await stage.create("deadline");
    const run = await stage.firstRun("deadline");
    const ref = { namespace: "deadline", name: run.metadata.name };
    const pod = await createPod(client, run);
    await startPod(client, pod);
    await eventually(client, job, ({ status }) => status?.phase === "Running");
    // As the Job controller and the kubelet at the deadline: the runner gets SIGTERM, its pod goes, and then the Job fails.
    const cause = { status: "True", reason: "DeadlineExceeded", lastTransitionTime: new Date().toISOString() };
    const conditions = [{ type: "FailureTarget", ...cause }];
    await client.patch(JOBS, ref, { status: { conditions } }, { subresource: "status" });
    const summary = { outcome: "Failed", reason: "Stopped", costUSD: 1.5, outputTokens: 7, branch: "clauderon/x" };
    const terminated = { exitCode: 143, message: JSON.stringify(summary), finishedAt: new Date().toISOString() };
    const containerStatuses = [containerStatus({ terminated })];
    await setPodStatus(client, pod, { phase: "Failed", containerStatuses });
    await eventually(client, job, ({ status }) => status?.runs?.[0]?.cost === "1.5000");
    await client.delete(PODS, { namespace: "deadline", name: pod.metadata.name }, { gracePeriodSeconds: 0 });
    const ended = { active: 0, ready: 0, failed: 1, uncountedTerminatedPods: {} };
    const failed = [...conditions, { type: "Failed", ...cause }];
    await client.patch(JOBS, ref, { status: { ...ended, conditions: failed } }, { subresource: "status" });
    const { status } = await eventually(client, job, ({ status }) => status?.phase === "Failed");
    expect(status?.runs).toMatchObject([
      { phase: "Failed", reason: "TimedOut", cost: "1.5000", outputTokens: 7, branch: "clauderon/x" },
    ]);
  });

  it("ends the old run when it is edited, and only then starts the new one", async () => {
    const { client } = stage;
    const job = await stage.create("edited");
    const old = await stage.firstRun("edited");
    await startPod(client, await createPod(client, old));
    await eventually(client, job, ({ status }) => status?.phase === "Running");
    await stage.edit("edited", { prompt: "Say goodbye", timeoutSeconds: 60 });
    const waits = await eventually(client, job, ({ status }) => status?.runs?.[0]?.reason === "Replaced");
    expect(waits.status?.phase).toBe("Pending");
    expect((await jobsOf(client, "edited")).map(({ metadata }) => metadata.name)).toEqual([old.metadata.name]);
    await collectGarbage(client, "edited");
    const next = await found(async () => (await jobsOf(client, "edited"))[0]);
    expect(next.metadata.name).not.toBe(old.metadata.name);
    expect(next.spec?.activeDeadlineSeconds).toBe(60);
    const { status } = await eventually(client, job, ({ status }) => status?.runs?.length === 2);
    expect(status?.runs).toMatchObject([{ phase: "Pending" }, { phase: "Failed", reason: "Replaced" }]);
  });

  it("is stopped by suspend and starts again afterwards", async () => {
    const { client } = stage;
    const job = await stage.create("paused");
    const run = await stage.firstRun("paused");
    await stage.edit("paused", { suspend: true });
    await eventually(client, job, ({ status }) => status?.phase === "Suspended");
    expect((await client.get(JOBS, { namespace: "paused", name: run.metadata.name }))?.spec?.suspend).toBe(true);
    await stage.edit("paused", { suspend: false });
    await eventually(client, job, ({ status }) => status?.phase === "Pending");
    expect((await client.get(JOBS, { namespace: "paused", name: run.metadata.name }))?.spec?.suspend).toBe(false);
  });
});

describe("A Job that Kueue or a person suspended", () => {
  it("is left alone, and reported", async () => {
    const { client } = stage;
    const job = await stage.create("queued");
    const run = await stage.firstRun("queued");
    const ref = { namespace: "queued", name: run.metadata.name };
    await client.patch(JOBS, ref, { spec: { suspend: true } });
    await eventually(client, job, ({ status }) => status?.runs?.[0]?.reason === "JobSuspended");
    await stage.edit("queued", { suspend: true });
    await eventually(client, job, ({ status }) => status?.phase === "Suspended");
    await stage.edit("queued", { suspend: false });
    await eventually(client, job, ({ status }) => status?.phase === "Pending");
    const live = await client.get(JOBS, ref);
    expect(live?.spec?.suspend).toBe(true);
    expect(stage.relay.work.filter(({ method, path }) => method === "PATCH" && path.includes("/queued/jobs/"))).toEqual(
      [],
    );
  });
});

describe("A scheduled AgentJob", () => {
  it("becomes a CronJob with a volume, counts runs made by hand, and follows edits in place", async () => {
    const { client } = stage;
    const spec = { schedule: "0 */6 * * *", timezone: "Europe/Paris", persist: true };
    const job = await stage.create("cron", spec, "pr-fixer");
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    const cron = await found(() => client.get(CRON_JOBS, { namespace: "cron", name: "pr-fixer" }));
    expect(cron.spec).toMatchObject({ timeZone: "Europe/Paris", concurrencyPolicy: "Forbid" });
    const volume = await client.get(PERSISTENT_VOLUME_CLAIMS, { namespace: "cron", name: "pr-fixer-data" });
    expect(volume?.spec?.resources?.requests).toEqual({ storage: "1Gi" });

    await stage.api.kubectl(["create", "job", "by-hand", "--from=cronjob/pr-fixer", "--namespace=cron"]);
    const run = await stage.firstRun("cron");
    await startPod(client, await createPod(client, run));
    await eventually(client, job, ({ status }) => status?.phase === "Running");
    await endRun(client, run, 0, '{"outcome":"Succeeded"}');
    const { status } = await eventually(client, job, ({ status }) => status?.lastCompletionTime !== undefined);
    expect(status).toMatchObject({ phase: "Scheduled", runs: [{ name: "by-hand", phase: "Succeeded" }] });

    await stage.edit("cron", { env: [{ name: "A", value: "1" }] }, "pr-fixer");
    const names = async () => {
      const live = await client.get(CRON_JOBS, { namespace: "cron", name: "pr-fixer" });
      return live?.spec?.jobTemplate.spec?.template.spec?.containers[0]?.env?.map(({ name }) => name);
    };
    await expect.poll(names).toContain("A");
    await stage.edit("cron", { env: null }, "pr-fixer");
    await expect.poll(names).not.toContain("A");
    expect((await client.get(CRON_JOBS, { namespace: "cron", name: "pr-fixer" }))?.metadata.uid).toBe(
      cron.metadata.uid,
    );
  });

  it("keeps its volume when persist is disabled", async () => {
    const { client } = stage;
    await stage.edit("cron", { persist: false }, "pr-fixer");
    const job = agentJob("cron", "pr-fixer");
    await eventually(client, job, ({ metadata, status }) => status?.observedGeneration === metadata.generation);
    expect(await client.get(PERSISTENT_VOLUME_CLAIMS, { namespace: "cron", name: "pr-fixer-data" })).toBeDefined();
  });
});

describe("A second pass", () => {
  it("writes nothing and reads nothing", async () => {
    const { client } = stage;
    const spec = { persist: true, clusterAccessRef: "default", env: [{ name: "A", value: "1" }] };
    const job = await stage.create("steady", { ...spec, schedule: "@daily" });
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    const probe = await client.create(agentJobs, agentJob("steady", "probe", { suspend: true }));
    await eventually(client, probe, ({ status }) => status?.phase === "Suspended");
    const touch = (name: string, value: string) =>
      client.patch(agentJobs, { namespace: "steady", name }, { metadata: { annotations: { touched: value } } });
    await touch("summarize", "once");
    await settle("steady-marker-1");
    stage.relay.reset();
    await touch("summarize", "twice");
    await client.patch(
      agentRoles,
      { namespace: "steady", name: "default" },
      { metadata: { annotations: { touched: "x" } } },
    );
    await settle("steady-marker-2");
    const foreign = stage.relay.work.filter(({ path }) => !path.includes("steady-marker"));
    expect(foreign).toEqual([]);
  });
});

/** Waits until the operator has handled all earlier changes: the queue is first in, first out. */
async function settle(namespace: string): Promise<void> {
  await createNamespace(stage.client, namespace);
  const marker = await stage.client.create(agentJobs, agentJob(namespace, "marker"));
  await eventually(stage.client, marker, ({ status }) => status?.phase === "Pending");
}
