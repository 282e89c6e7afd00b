import { type AgentJob, childNames } from "@clauderon/kinds";
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  JOBS,
  PERSISTENT_VOLUME_CLAIMS,
  SERVICE_ACCOUNTS,
} from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { OperatorProcess } from "./operatorProcess.ts";
import { type Cut, Relay } from "./relay.ts";
import {
  agentJob,
  agentJobs,
  collectGarbage,
  createPod,
  createReferences,
  eventually,
  found,
  jobsOf,
  startPod,
  startWorld,
  type World,
} from "./world.ts";

let world: World;
let relay: Relay;
let operator: OperatorProcess;

beforeAll(async () => {
  world = await startWorld();
  relay = await Relay.start(world.api);
  await startOperator();
});

afterAll(async () => {
  await operator[Symbol.asyncDispose]();
  await relay[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function startOperator(): Promise<void> {
  operator = await OperatorProcess.start(relay.url);
  await operator.says("Started reconciling");
}

type Point = Omit<Cut, "act">;

/** Every point at which the operator can be killed on a path with that many writes. */
function cuts(writes: number): readonly Point[] {
  const numbers = Array.from({ length: writes }, (_, at) => at + 1);
  return numbers.flatMap((write): readonly Point[] => [
    { write, when: "before" },
    { write, when: "after" },
  ]);
}

/** Starts an action. With a cut, kills the operator there and restarts it. */
async function disturb(cut: Point | undefined, act: () => Promise<unknown>): Promise<void> {
  relay.reset(cut === undefined ? undefined : { ...cut, act: () => operator.kill() });
  await act();
  if (cut === undefined) return;
  await operator.ended();
  await operator[Symbol.asyncDispose]();
  relay.cut = undefined;
  await startOperator();
}

/** The names of all Jobs that were ever created in a namespace, in order. */
async function watchJobs(namespace: string) {
  const { client } = world;
  const stop = new AbortController();
  const { metadata } = await client.list(JOBS, { namespace });
  const created: string[] = [];
  const watching = (async () => {
    const options = { namespace, resourceVersion: metadata.resourceVersion, timeoutSeconds: 600, signal: stop.signal };
    for await (const { type, object } of client.watch(JOBS, options)) {
      if (type === "ADDED") created.push(object.metadata.name);
    }
  })();
  return {
    created,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await watching;
    },
  };
}

const spec = { persist: true, clusterAccessRef: "default" };
const name = "crash";

async function create(namespace: string, more: Partial<AgentJob["spec"]> = {}): Promise<AgentJob> {
  return await world.client.create(agentJobs, agentJob(namespace, name, { ...spec, ...more }));
}

/** Creates an AgentJob. Exactly one run starts, and no child object is missing. */
async function createPath(namespace: string, cut: Point | undefined): Promise<void> {
  const { client } = world;
  await createReferences(client, namespace);
  await using jobs = await watchJobs(namespace);
  const job = agentJob(namespace, name, spec);
  await disturb(cut, () => create(namespace));
  const { status } = await eventually(client, job, ({ status }) => status?.ownedResources?.length === 6);
  expect(status?.runs).toHaveLength(1);
  await expect.poll(() => jobs.created).toHaveLength(1);
  const names = childNames(job);
  const children = await Promise.all([
    client.get(CONFIG_MAPS, { namespace, name: names.config }),
    client.get(PERSISTENT_VOLUME_CLAIMS, { namespace, name: names.data }),
    client.get(SERVICE_ACCOUNTS, { namespace, name: names.serviceAccount }),
    client.get(CLUSTER_ROLES, { name: names.clusterRole }),
    client.get(CLUSTER_ROLE_BINDINGS, { name: names.clusterRole }),
  ]);
  expect(children.map((child) => child?.kind)).not.toContain(undefined);
}

/** Waits until the previous path has made all its writes. */
const isSettled = ({ status }: AgentJob, phase: string) =>
  status?.phase === phase && status.ownedResources?.length === 6 && status.observedGeneration === 1;

const isReplaced = ({ status }: AgentJob) => status?.runs?.length === 2 && status.runs[0]?.phase === "Pending";

/** Replaces an active run. The new run starts exactly once, after the old one. */
async function changePath(namespace: string, cut: Point | undefined): Promise<void> {
  const { client } = world;
  await createReferences(client, namespace);
  await using jobs = await watchJobs(namespace);
  const job = await create(namespace);
  const run = await found(async () => (await jobsOf(client, namespace))[0]);
  await startPod(client, await createPod(client, run));
  await eventually(client, job, (live) => isSettled(live, "Running"));
  const collecting = setInterval(() => void collectGarbage(client, namespace).catch(() => undefined), 50);
  try {
    const prompt = "Another";
    await disturb(cut, () => client.patch(agentJobs, { namespace, name }, { spec: { prompt } }));
    const { status } = await eventually(client, job, isReplaced);
    expect(status?.runs?.[1]).toMatchObject({ name: run.metadata.name, phase: "Failed", reason: "Replaced" });
  } finally {
    clearInterval(collecting);
  }
  await expect.poll(() => jobs.created).toHaveLength(2);
  expect(new Set(jobs.created).size).toBe(2);
}

/** Deletes an AgentJob. No cluster-scoped object stays. */
async function deletePath(namespace: string, cut: Point | undefined): Promise<void> {
  const { client } = world;
  await createReferences(client, namespace);
  const job = await create(namespace, { schedule: "@daily" });
  await eventually(client, job, (live) => isSettled(live, "Scheduled"));
  await disturb(cut, () => client.delete(agentJobs, { namespace, name }));
  await vi.waitFor(async () => expect(await client.get(agentJobs, { namespace, name })).toBeUndefined(), 20_000);
  const { clusterRole } = childNames(job);
  expect(await client.get(CLUSTER_ROLES, { name: clusterRole })).toBeUndefined();
  expect(await client.get(CLUSTER_ROLE_BINDINGS, { name: clusterRole })).toBeUndefined();
}

describe.each([
  { path: "create", writes: 8, run: createPath },
  { path: "change", writes: 5, run: changePath },
  { path: "delete", writes: 3, run: deletePath },
])("The path to $path", ({ path, writes, run }) => {
  it(`takes ${writes} writes, so every point is tested`, async () => {
    await run(path, undefined);
    const written = relay.writes.map(({ method, path }) => `${method} ${path}`);
    expect(written, written.join("\n")).toHaveLength(writes);
  });

  // oxlint-disable-next-line vitest/expect-expect -- the path itself expects
  it.each(cuts(writes))("survives an operator killed $when write $write", async (cut) => {
    await run(`${path}-${cut.when}-${cut.write}`, cut);
  });
});
