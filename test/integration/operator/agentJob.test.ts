import { childNames } from "@clauderon/api";
import { CONFIG_MAPS, JOBS } from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OperatorProcess } from "./operatorProcess.ts";
import { Relay } from "./relay.ts";
import {
  agentJob,
  agentJobs,
  createPod,
  createReferences,
  endRun,
  eventually,
  found,
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
  operator = await OperatorProcess.start(relay.url);
});

afterAll(async () => {
  await operator[Symbol.asyncDispose]();
  await relay[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

describe("A one-shot AgentJob", () => {
  it("goes from Pending to Succeeded and its summary is in the status", async () => {
    const { client } = world;
    await createReferences(client, "one");
    const job = await client.create(agentJobs, agentJob("one", "summarize"));
    const pending = await eventually(client, job, ({ status }) => status?.phase === "Pending");
    const names = childNames(job);
    const run = await found(() =>
      client.get(JOBS, { namespace: "one", name: names.job(pending.status?.configHash ?? "") }),
    );
    expect(run.spec?.ttlSecondsAfterFinished).toBeUndefined();
    const pod = await createPod(client, run);
    await startPod(client, pod);
    await eventually(client, job, ({ status }) => status?.phase === "Running");
    const summary = { outcome: "Succeeded", turns: 3, costUSD: 0.0123, lastMessage: "Done" };
    await endRun(client, run, 0, JSON.stringify(summary));
    const done = await eventually(client, job, ({ status }) => status?.phase === "Succeeded");
    expect(done.status?.runs?.[0]).toMatchObject({ phase: "Succeeded", turns: 3, cost: "0.0123", lastMessage: "Done" });
    expect(done.status?.lastCompletionTime).toBeDefined();
    const config = await client.get(CONFIG_MAPS, { namespace: "one", name: names.config });
    expect(JSON.parse(config?.data?.["agent.json"] ?? "")).toMatchObject({ prompt: "Say hello" });
    console.log(JSON.stringify(done.status, undefined, 1), relay.work);
  });
});
