import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { delay, text } from "../kit/internet/messages/turns.ts";
import { agentJob, basics, startWorld } from "./world.ts";

// Of the kit's own cluster only: another's API server is not ours to stop.
const OUTAGE_MS = 30_000;
const world = await startWorld({
  messages: { script: [[delay(20_000), text("done while nobody was looking")]] },
});
const { cluster } = world;
let namespace: string;

beforeAll(async () => {
  namespace = await cluster.namespace("outage");
  await world.apply(namespace, ...basics());
});

it("an API server that stops for 30 s under load causes no loss, no second run and no restart", async () => {
  await cluster.kubectl(["rollout", "status", "deployment", "--namespace", world.operatorNamespace, "--timeout=60s"]);
  const before = await operatorPods();
  await world.apply(namespace, agentJob("spanning", { prompt: "take your time" }));
  await world.untilPhase(namespace, "spanning", "Running");
  await world.apply(namespace, ...scheduledJobs(0));

  const stop = new AbortController();
  const written = writeUntil(stop.signal);
  await cluster.stopComponent("apiserver");
  // The outage itself is what the promise is about; nothing is waited for here.
  await pause(OUTAGE_MS);
  await cluster.startComponent("apiserver");
  const { status } = await world.untilPhase(namespace, "spanning", "Succeeded");
  stop.abort();
  const { names, refused } = await written;

  expect(status?.runs).toMatchObject([{ phase: "Succeeded", lastMessage: "done while nobody was looking" }]);
  expect(await jobsOf("spanning")).toHaveLength(1);
  expect(refused).toBeGreaterThan(0);
  expect(names.length).toBeGreaterThan(0);
  for (const name of [...names, ...Array.from({ length: 20 }, (_, index) => `load-${index}`)]) {
    await world.untilPhase(namespace, name, "Scheduled");
  }
  expect(await operatorPods()).toBe(before);
});

/** Creates one AgentJob after the other, with and without an API server. Returns the accepted ones and the number of refusals. */
async function writeUntil(signal: AbortSignal): Promise<{ names: readonly string[]; refused: number }> {
  const names: string[] = [];
  let refused = 0;
  for (let index = 0; !signal.aborted; index++) {
    const name = `written-${index}`;
    try {
      await world.apply(namespace, ...scheduled(name));
      names.push(name);
    } catch {
      refused++;
    }
    await pause(1500); // The pace of the load, which the machine of the tests has to bear too.
  }
  return { names, refused };
}

const operatorPods = () =>
  cluster.kubectl([
    "get",
    "pods",
    "--namespace",
    world.operatorNamespace,
    "--output=jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].restartCount}{end}",
  ]);

async function jobsOf(name: string): Promise<readonly string[]> {
  const selector = `--selector=thurkube.thurbeen.eu/agentjob=${name}`;
  const out = await cluster.kubectl(["get", "jobs", "--namespace", namespace, selector, "--output=name"]);
  return out.split("\n").filter((line) => line !== "");
}

const scheduled = (name: string) => [agentJob(name, { prompt: "x", schedule: "0 0 1 1 *" })];
const scheduledJobs = (from: number) =>
  Array.from({ length: 20 }, (_, index) => scheduled(`load-${from + index}`)).flat();
