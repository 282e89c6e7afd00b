import { childNames, FINALIZER } from "@clauderon/api";
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  CRON_JOBS,
  EVENTS,
  JOBS,
  PERSISTENT_VOLUME_CLAIMS,
  SERVICE_ACCOUNTS,
} from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { OperatorProcess } from "./operatorProcess.ts";
import { Relay } from "./relay.ts";
import {
  agentJob,
  agentJobs,
  agentRoles,
  clusterAccesses,
  collectGarbage,
  containerStatus,
  createNamespace,
  createPod,
  createReferences,
  endRun,
  eventually,
  found,
  grantOperator,
  jobsOf,
  OPERATOR_USER,
  setPodStatus,
  startPod,
  startWorld,
  type World,
} from "./world.ts";

let world: World;
let relay: Relay;
let operator: OperatorProcess;

beforeAll(async () => {
  world = await startWorld();
  await grantOperator(world.client);
  relay = await Relay.start(world.api, OPERATOR_USER);
  operator = await OperatorProcess.start(relay.url);
});

afterAll(async () => {
  await operator[Symbol.asyncDispose]();
  await relay[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** A namespace with references and one AgentJob in it. */
async function create(namespace: string, spec: Parameters<typeof agentJob>[2] = {}, name = "summarize") {
  await createReferences(world.client, namespace);
  return await world.client.create(agentJobs, agentJob(namespace, name, spec));
}

const edit = (namespace: string, spec: object, name = "summarize") =>
  world.client.patch(agentJobs, { namespace, name }, { spec });
const firstRun = (namespace: string) => found(async () => (await jobsOf(world.client, namespace))[0]);

describe("A one-shot AgentJob", () => {
  it("defect 2: goes from Pending over Running to Succeeded, with times and the runner's summary", async () => {
    const { client } = world;
    const job = await create("one");
    await eventually(client, job, ({ status }) => status?.phase === "Pending" && status.runs?.length === 1);
    const run = await firstRun("one");
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

  it("tells its story in events, each once", async () => {
    const read = async () => {
      const { items } = await world.client.list(EVENTS, { namespace: "one" });
      return items.length < 2 ? undefined : items;
    };
    const events = await found(read);
    expect(events.map(({ reason }) => reason).toSorted()).toEqual(["RunStarted", "RunSucceeded"]);
    expect(events.map(({ series }) => series)).toEqual([undefined, undefined]);
  });

  it("defect 3: gets a TTL once its result is recorded, and is not run again when its Job is gone", async () => {
    const { client } = world;
    const run = await found(async () => {
      const [live] = await jobsOf(client, "one");
      return live?.spec?.ttlSecondsAfterFinished === undefined ? undefined : live;
    });
    expect(run.spec?.ttlSecondsAfterFinished).toBe(86_400);
    await client.delete(JOBS, { namespace: "one", name: run.metadata.name }, { propagationPolicy: "Background" });
    const job = agentJob("one", "summarize");
    const isForgotten = ({ kind }: { kind: string }) => kind === "Job";
    const { status } = await eventually(client, job, ({ status }) => !status?.ownedResources?.some(isForgotten));
    expect(status?.phase).toBe("Succeeded");
    expect(await jobsOf(client, "one")).toEqual([]);
  });

  it("tells why its pod waits and why it failed", async () => {
    const { client } = world;
    const job = await create("fails");
    const run = await firstRun("fails");
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

  it("defects 4 and 5: an edit while it runs ends the old run, and only then starts the new one", async () => {
    const { client } = world;
    const job = await create("edited");
    const old = await firstRun("edited");
    await startPod(client, await createPod(client, old));
    await eventually(client, job, ({ status }) => status?.phase === "Running");
    await edit("edited", { prompt: "Say goodbye", timeoutSeconds: 60 });
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

  it("is stopped by suspend and starts anew after it", async () => {
    const { client } = world;
    const job = await create("paused");
    const run = await firstRun("paused");
    await edit("paused", { suspend: true });
    await eventually(client, job, ({ status }) => status?.phase === "Suspended");
    expect((await client.get(JOBS, { namespace: "paused", name: run.metadata.name }))?.spec?.suspend).toBe(true);
    await edit("paused", { suspend: false });
    await eventually(client, job, ({ status }) => status?.phase === "Pending");
    expect((await client.get(JOBS, { namespace: "paused", name: run.metadata.name }))?.spec?.suspend).toBe(false);
  });
});

describe("A scheduled AgentJob", () => {
  it("becomes a CronJob with a volume, counts runs made by hand, and follows edits in place", async () => {
    const { client } = world;
    const spec = { schedule: "0 */6 * * *", timezone: "Europe/Paris", persist: true };
    const job = await create("cron", spec, "pr-fixer");
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    const cron = await found(() => client.get(CRON_JOBS, { namespace: "cron", name: "pr-fixer" }));
    expect(cron.spec).toMatchObject({ timeZone: "Europe/Paris", concurrencyPolicy: "Forbid" });
    const volume = await client.get(PERSISTENT_VOLUME_CLAIMS, { namespace: "cron", name: "pr-fixer-data" });
    expect(volume?.spec?.resources?.requests).toEqual({ storage: "1Gi" });

    await world.api.kubectl(["create", "job", "by-hand", "--from=cronjob/pr-fixer", "--namespace=cron"]);
    const run = await firstRun("cron");
    await startPod(client, await createPod(client, run));
    await eventually(client, job, ({ status }) => status?.phase === "Running");
    await endRun(client, run, 0, '{"outcome":"Succeeded"}');
    const { status } = await eventually(client, job, ({ status }) => status?.lastCompletionTime !== undefined);
    expect(status).toMatchObject({ phase: "Scheduled", runs: [{ name: "by-hand", phase: "Succeeded" }] });

    await edit("cron", { env: [{ name: "A", value: "1" }] }, "pr-fixer");
    const names = async () => {
      const live = await client.get(CRON_JOBS, { namespace: "cron", name: "pr-fixer" });
      return live?.spec?.jobTemplate.spec?.template.spec?.containers[0]?.env?.map(({ name }) => name);
    };
    await vi.waitFor(async () => expect(await names()).toContain("A"));
    await edit("cron", { env: null }, "pr-fixer");
    await vi.waitFor(async () => expect(await names()).not.toContain("A"));
    expect((await client.get(CRON_JOBS, { namespace: "cron", name: "pr-fixer" }))?.metadata.uid).toBe(
      cron.metadata.uid,
    );
  });

  it("keeps its volume when persist is switched off", async () => {
    const { client } = world;
    await edit("cron", { persist: false }, "pr-fixer");
    const job = agentJob("cron", "pr-fixer");
    await eventually(client, job, ({ metadata, status }) => status?.observedGeneration === metadata.generation);
    expect(await client.get(PERSISTENT_VOLUME_CLAIMS, { namespace: "cron", name: "pr-fixer-data" })).toBeDefined();
  });
});

describe("References", () => {
  it("that are missing make an AgentJob wait, and wake it when they come", async () => {
    const { client } = world;
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

  it("defect 1: that are edited reach their AgentJobs by watch", async () => {
    const { client } = world;
    const job = await create("watched", { schedule: "@daily" });
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    await client.patch(agentRoles, { namespace: "watched", name: "default" }, { spec: { allowedTools: ["Bash"] } });
    const tools = async () => {
      const config = await client.get(CONFIG_MAPS, { namespace: "watched", name: "summarize-config" });
      return (JSON.parse(config?.data?.["agent.json"] ?? "{}") as { allowedTools?: string[] }).allowedTools;
    };
    await vi.waitFor(async () => expect(await tools()).toEqual(["Bash"]), { timeout: 5000 });
  });
});

describe("Children", () => {
  it("are repaired when they drift or are deleted", async () => {
    const { client } = world;
    const job = await create("drift", { schedule: "@daily" });
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    const config = { namespace: "drift", name: "summarize-config" };
    await client.patch(CONFIG_MAPS, config, { data: { "agent.json": "{}" } });
    await client.delete(CRON_JOBS, { namespace: "drift", name: "summarize" });
    await vi.waitFor(async () => {
      expect((await client.get(CONFIG_MAPS, config))?.data?.["agent.json"]).toContain("Say hello");
      expect(await client.get(CRON_JOBS, { namespace: "drift", name: "summarize" })).toBeDefined();
    });
  });

  it("that are somebody else's are reported, never taken over", async () => {
    const { client } = world;
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

  it("that the API server refuses are reported in its words", async () => {
    const job = await create("refused", { schedule: "@daily", timezone: "Nowhere/Land" });
    const { status } = await eventually(world.client, job, ({ status }) => status?.conditions !== undefined);
    expect(status?.conditions?.[0]).toMatchObject({ status: "False", reason: "ChildRefused" });
    expect(status?.message).toContain("unknown time zone Nowhere/Land");
  });
});

describe("ClusterAccess", () => {
  const read = async (name: string) => [
    await world.client.get(CLUSTER_ROLES, { name }),
    await world.client.get(CLUSTER_ROLE_BINDINGS, { name }),
  ];

  it("becomes an account, a role and a binding, which go with clusterAccessRef", async () => {
    const { client } = world;
    const job = await create("access", { schedule: "@daily", clusterAccessRef: "default" });
    const ready = await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    expect(ready.metadata.finalizers).toEqual([FINALIZER]);
    const { clusterRole } = childNames(job);
    const [role, binding] = await read(clusterRole);
    expect(role).toMatchObject({ rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] });
    expect(binding).toMatchObject({
      subjects: [{ kind: "ServiceAccount", name: "summarize-runner", namespace: "access" }],
    });
    await edit("access", { clusterAccessRef: null });
    await eventually(client, job, ({ metadata }) => (metadata.finalizers ?? []).length === 0);
    expect(await read(clusterRole)).toEqual([undefined, undefined]);
    expect(await client.get(SERVICE_ACCOUNTS, { namespace: "access", name: "summarize-runner" })).toBeUndefined();
  });

  it("beyond the operator's own rights is refused with the rule that is too much", async () => {
    const { client } = world;
    await createReferences(client, "greedy");
    const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
    await client.patch(clusterAccesses, { namespace: "greedy", name: "default" }, { spec: { rules } });
    const job = await client.create(agentJobs, agentJob("greedy", "summarize", { clusterAccessRef: "default" }));
    const { status } = await eventually(client, job, ({ status }) => status?.conditions !== undefined);
    expect(status?.conditions?.[0]).toMatchObject({ status: "False", reason: "ClusterAccessNotPermitted" });
    expect(status?.message).toMatch(/ClusterAccess "default".*Resources:\["secrets"\].*ceiling/);
    expect(await jobsOf(client, "greedy")).toEqual([]);
  });

  it("defect 10: outlives a failed clean-up with its finalizer, and keeps the finalizers of others", async () => {
    const { client } = world;
    const job = await create("cleanup", { schedule: "@daily", clusterAccessRef: "default" });
    const ref = { namespace: "cleanup", name: "summarize" };
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    await client.patch(agentJobs, ref, [{ op: "add", path: "/metadata/finalizers/-", value: "example.com/other" }]);
    const { clusterRole } = childNames(job);
    await client.patch(CLUSTER_ROLES, { name: clusterRole }, { metadata: { finalizers: ["example.com/stuck"] } });
    await client.delete(agentJobs, ref);
    await vi.waitFor(async () => expect((await read(clusterRole))[1]).toBeUndefined());
    expect((await client.get(agentJobs, ref))?.metadata.finalizers).toEqual([FINALIZER, "example.com/other"]);
    await client.patch(CLUSTER_ROLES, { name: clusterRole }, { metadata: { finalizers: null } });
    await eventually(client, job, ({ metadata }) => metadata.finalizers?.join() === "example.com/other");
    expect(await read(clusterRole)).toEqual([undefined, undefined]);
    await client.patch(agentJobs, ref, { metadata: { finalizers: null } });
  });
});

describe("A second pass", () => {
  it("writes nothing and reads nothing", async () => {
    const { client } = world;
    const spec = { persist: true, clusterAccessRef: "default", env: [{ name: "A", value: "1" }] };
    const job = await create("steady", { ...spec, schedule: "@daily" });
    await eventually(client, job, ({ status }) => status?.phase === "Scheduled");
    const probe = await client.create(agentJobs, agentJob("steady", "probe", { suspend: true }));
    await eventually(client, probe, ({ status }) => status?.phase === "Suspended");
    const touch = (name: string, value: string) =>
      client.patch(agentJobs, { namespace: "steady", name }, { metadata: { annotations: { touched: value } } });
    await touch("summarize", "once");
    await settle("steady-marker-1");
    relay.reset();
    await touch("summarize", "twice");
    await client.patch(
      agentRoles,
      { namespace: "steady", name: "default" },
      { metadata: { annotations: { touched: "x" } } },
    );
    await settle("steady-marker-2");
    const foreign = relay.work.filter(({ path }) => !path.includes("steady-marker"));
    expect(foreign).toEqual([]);
  });
});

/** An AgentJob made after what went before has been handled after it: the queue is first in, first out. */
async function settle(namespace: string): Promise<void> {
  await createNamespace(world.client, namespace);
  const marker = await world.client.create(agentJobs, agentJob(namespace, "marker"));
  await eventually(world.client, marker, ({ status }) => status?.phase === "Pending");
}

async function createReferencesIn(namespace: string): Promise<void> {
  await createReferences(world.client, `${namespace}-source`);
  for (const kind of ["agentroles", "agentauths", "agentruntimes"]) {
    const text = await world.api.kubectl(["get", kind, "default", `--namespace=${namespace}-source`, "--output=json"]);
    const { metadata: _metadata, status: _status, ...rest } = JSON.parse(text) as Record<string, unknown>;
    const copy = { ...rest, metadata: { name: "default", namespace } };
    await world.api.kubectl(["create", "--filename=-"], JSON.stringify(copy));
  }
}
