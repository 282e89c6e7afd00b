import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { delay, text } from "../kit/internet/messages/turns.ts";
import { agentJob, basics, manifest, startWorld } from "./world.ts";

const world = await startWorld({
  messages: {
    scenarios: [
      { name: "long", when: { prompt: "take your time" }, script: [[delay(20_000), text("done slowly")]] },
      { name: "short", script: [text("done")] },
    ],
  },
});
const { cluster } = world;
let namespace: string;

beforeAll(async () => {
  namespace = await cluster.namespace("resilience");
  await world.apply(namespace, ...basics());
});

const jobsOf = async (name: string): Promise<readonly string[]> => {
  const selector = `--selector=thurkube.thurbeen.eu/agentjob=${name}`;
  const out = await cluster.kubectl([
    "get",
    "jobs",
    "--namespace",
    namespace,
    selector,
    "--output=jsonpath={.items[*].metadata.uid}",
  ]);
  return out.split(" ").filter((uid) => uid !== "");
};

const killOperator = async (): Promise<void> => {
  await cluster.kubectl([
    "delete",
    "pod",
    "--namespace",
    world.operatorNamespace,
    "--all",
    "--grace-period=0",
    "--force",
    "--wait=false",
  ]);
};

describe("a referenced object that changes", () => {
  beforeEach(async () => {
    await world.apply(namespace, ...basics(), manifest("McpServer", "echo", { url: "https://mcp.example.com/mcp" }));
    await world.apply(namespace, agentJob("watched", { prompt: "x", schedule: "0 0 1 1 *", mcpServerRefs: ["echo"] }));
    await world.untilPhase(namespace, "watched", "Scheduled");
  });

  it.each([
    ["AgentRole", "default", { allowedTools: ["Read"] }, /"allowedTools":\["Read"\]/],
    ["McpServer", "echo", { url: "https://mcp.example.com/other" }, /mcp\.example\.com\/other/],
  ])("%s: reaches its AgentJob's agent.json by watch", async (kind, name, spec, expected) => {
    await world.apply(namespace, manifest(kind, name, spec));
    await expect.poll(() => agentConfig("watched"), { timeout: 10_000 }).toMatch(expected);
  });

  it.each([
    { kind: "AgentRuntime", name: "claude-code", spec: { image: "localhost/other:1" }, expected: "localhost/other:1" },
    { kind: "AgentAuth", name: "claude-oauth", spec: { secretRef: { name: "other" } }, expected: "other" },
  ])("$kind: reaches its CronJob by watch", async ({ kind, name, spec, expected }) => {
    const patch = ["--type=merge", "--patch", JSON.stringify({ spec })];
    await cluster.kubectl(["patch", kind, name, "--namespace", namespace, ...patch]);
    const container = "{.spec.jobTemplate.spec.template.spec.containers[0]}";
    const read = () =>
      cluster.kubectl(["get", "cronjob", "watched", "--namespace", namespace, `--output=jsonpath=${container}`]);
    await expect.poll(read, { timeout: 10_000 }).toContain(`"${expected}"`);
  });
});

describe("an operator that is killed", () => {
  beforeAll(() => world.apply(namespace, ...basics()));

  it("while a run is active: the run continues, happens once, and its result is reported", async () => {
    await world.apply(namespace, agentJob("survivor", { prompt: "take your time" }));
    await world.untilPhase(namespace, "survivor", "Running");
    const before = await jobsOf("survivor");
    await killOperator();
    const { status } = await world.untilPhase(namespace, "survivor", "Succeeded");
    expect(status?.runs).toHaveLength(1);
    expect(await jobsOf("survivor")).toEqual(before);
  });

  it("while AgentJobs arrive: each runs once, and all of them finish", async () => {
    const names = Array.from({ length: 6 }, (_, index) => `crowd-${index}`);
    for (const name of names) {
      await world.apply(namespace, agentJob(name, { prompt: `short ${name}` }));
      await killOperator();
    }
    for (const name of names) {
      const { status } = await world.untilPhase(namespace, name, "Succeeded");
      expect(status?.runs).toHaveLength(1);
      expect(await jobsOf(name)).toHaveLength(1);
    }
  });
});

async function agentConfig(name: string): Promise<string> {
  const json = await cluster.kubectl([
    "get",
    "configmap",
    `${name}-config`,
    "--namespace",
    namespace,
    "--output=jsonpath={.data.agent\\.json}",
  ]);
  return JSON.stringify(JSON.parse(json));
}
