import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { AGENT_IMAGE, OPERATOR_IMAGE } from "../kit/cluster/projectImages.ts";
import { delay, text, toolUse } from "../kit/internet/messages/turns.ts";
import { manifest, secret, startWorld } from "./world.ts";

// Manifests that users of thurkube already have (in ./page), unchanged except for image names, in the order that they apply them.
const NAMESPACE = "agents";
const GIT_TOKEN = "ghp_e2epagetoken";
const page = async (file: string): Promise<string> => {
  const yaml = await readFile(join(import.meta.dirname, "page", file), "utf8");
  return yaml.replace("ghcr.io/thurbeen/claude-code-job:latest", AGENT_IMAGE);
};

const world = await startWorld({
  namespaces: [NAMESPACE],
  messages: {
    scenarios: [
      {
        name: "summarize",
        when: { prompt: "Summarize today's incoming issues." },
        script: [
          [text("I will look around."), toolUse("Bash", { command: "ls -la", description: "Look around" })],
          [delay(1500), text("Three issues came in: two bugs and one wish.")],
        ],
      },
      {
        name: "fix",
        when: { prompt: "Fix any failing PRs on this repository." },
        script: [
          [toolUse("Write", { file_path: "FIXED.md", content: "fixed by the agent\n" })],
          [toolUse("Bash", { command: "git add FIXED.md && git commit -m 'Fix the build' && git push origin HEAD" })],
          [text("The build is fixed and pushed.")],
        ],
      },
    ],
  },
  git: {
    repositories: { "thurbeen/thurkube": { files: { "README.md": "# thurkube\n" }, private: true } },
    tokens: { [GIT_TOKEN]: "push" },
  },
});
const { cluster } = world;

beforeAll(async () => {
  await cluster.kubectl(["create", "namespace", NAMESPACE]);
  await world.apply(
    NAMESPACE,
    await page("runtime.yaml"),
    manifest("AgentAuth", "claude-oauth", { secretRef: { name: "claude-oauth", key: "token" } }),
    secret("claude-oauth", "token", "sk-ant-oat01-page"),
    manifest("AgentRole", "read-only", { allowedTools: ["Read", "Bash(ls:*)"] }),
    manifest("AgentRole", "default", { allowedTools: ["Bash", "Read", "Write"] }),
    manifest("Repository", "thurkube", {
      owner: "thurbeen",
      name: "thurkube",
      tokenSecretRef: { name: "git", key: "token" },
    }),
    secret("git", "token", GIT_TOKEN),
  );
  return () => cluster.kubectl(["delete", "namespace", NAMESPACE, "--timeout=90s"]);
});

describe("the operator's image", () => {
  it("prints with --crd the CRDs that the chart installs", async () => {
    const name = "crds";
    const image = [`--image=${OPERATOR_IMAGE}`, "--image-pull-policy=Never", "--restart=Never"];
    await cluster.kubectl(["run", name, "--namespace", world.operatorNamespace, ...image, "--", "--crd"]);
    const wait = ["--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s"];
    await cluster.kubectl(["wait", `pod/${name}`, "--namespace", world.operatorNamespace, ...wait]);
    const printed = await cluster.kubectl(["logs", name, "--namespace", world.operatorNamespace]);
    const diff = await cluster
      .kubectl(["diff", "--server-side", "--force-conflicts", "--filename=-"], printed)
      .catch(String);
    expect(parseAllDocuments(printed)).toHaveLength(8);
    expect(diff).toBe("");
  });
});

describe("AgentJob summarize", () => {
  it("goes Pending, Running, Succeeded, and its pod ran the real Claude Code with a tool call", async () => {
    const phases = watchPhases("summarize");
    await world.apply(NAMESPACE, await page("job.yaml"));
    await world.untilPhase(NAMESPACE, "summarize", "Succeeded");
    expect(await phases.stop()).toEqual(["Pending", "Running", "Succeeded"]);

    const asked = world.internet.messages.requests.filter(({ headers }) =>
      /claude-cli/.test(String(headers["user-agent"])),
    );
    expect(asked.length).toBeGreaterThan(0);
    const log = await cluster.kubectl([
      "logs",
      "--namespace",
      NAMESPACE,
      "--selector=thurkube.thurbeen.eu/agentjob=summarize",
      "--tail=-1",
    ]);
    expect(log).toMatch(/Bash.*ls -la/);
    expect(log).toContain("Three issues came in");
  });

  it("has the summary of its run in the status", async () => {
    const { status } = await world.job(NAMESPACE, "summarize");
    expect(status?.runs).toHaveLength(1);
    expect(status?.runs?.[0]).toMatchObject({
      phase: "Succeeded",
      lastMessage: "Three issues came in: two bugs and one wish.",
    });
    expect(status?.runs?.[0]?.turns).toBeGreaterThan(0);
    expect(status?.lastRunTime).toBeDefined();
    expect(status?.lastCompletionTime).toBeDefined();
    expect(status?.observedGeneration).toBe(1);
    expect(status?.configHash).toMatch(/^[0-9a-f]{10}$/);
  });
});

describe("AgentJob pr-fixer", () => {
  it("becomes a CronJob at Europe/Paris with a volume", async () => {
    await world.apply(NAMESPACE, await page("agentjob.yaml"));
    await world.untilPhase(NAMESPACE, "pr-fixer", "Scheduled");
    const cronJob = await json("cronjob", "pr-fixer");
    expect(cronJob).toMatchObject({
      spec: { schedule: "0 */6 * * *", timeZone: "Europe/Paris", concurrencyPolicy: "Forbid" },
    });
    expect(await json("persistentvolumeclaim", "pr-fixer-data")).toMatchObject({
      spec: { accessModes: ["ReadWriteOnce"] },
    });
  });

  it("runs when it is triggered, and its repository was changed and pushed to the git host", async () => {
    await cluster.kubectl(["create", "job", "--namespace", NAMESPACE, "--from=cronjob/pr-fixer", "pr-fixer-now"]);
    await expect
      .poll(async () => (await world.job(NAMESPACE, "pr-fixer")).status?.runs?.[0], { timeout: 120_000, interval: 250 })
      .toMatchObject({ name: "pr-fixer-now", phase: "Succeeded", branch: "main" });
    const [commit] = await world.internet.git.log("thurbeen/thurkube");
    expect(commit).toMatchObject({ subject: "Fix the build" });
    expect(await world.internet.git.readFile("thurbeen/thurkube", "FIXED.md")).toBe("fixed by the agent\n");
  });

  it("keeps what it persists on its volume", async () => {
    expect(await json("persistentvolumeclaim", "pr-fixer-data")).toMatchObject({ status: { phase: "Bound" } });
  });
});

describe("kubectl get aj", () => {
  it("prints exactly the documented columns", async () => {
    const table = (await cluster.kubectl(["get", "aj", "--namespace", NAMESPACE])).trimEnd().split("\n");
    const [header = "", ...rows] = table.map((line) => line.split(/\s{2,}/));
    expect(header).toEqual(["NAME", "SCHEDULE", "SUSPENDED", "PHASE", "LAST RUN"]);
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ["pr-fixer", "0 */6 * * *", "false", "Scheduled"],
      ["summarize", "<none>", "false", "Succeeded"],
    ]);
    for (const row of rows) expect(row[4]).toMatch(/^\d+[smh]/);
  });
});

describe("deleting an AgentJob", () => {
  it("leaves nothing of it behind", async () => {
    await cluster.kubectl(["delete", "aj", "--namespace", NAMESPACE, "--all", "--timeout=60s"]);
    const kinds = "configmaps,persistentvolumeclaims,serviceaccounts,jobs,cronjobs,pods";
    await expect
      .poll(
        () =>
          cluster.kubectl([
            "get",
            kinds,
            "--namespace",
            NAMESPACE,
            "--selector=app.kubernetes.io/managed-by=thurkube",
            "--output=name",
          ]),
        {
          timeout: 90_000,
        },
      )
      .toBe("");
  });
});

async function json(kind: string, name: string): Promise<unknown> {
  return JSON.parse(await cluster.kubectl(["get", kind, name, "--namespace", NAMESPACE, "--output=json"]));
}

/** Collects the phases an AgentJob goes through, from before it exists; each is listed once where it changes. */
function watchPhases(name: string): { stop(): Promise<readonly string[]> } {
  const seen: string[] = [];
  const stopping = new AbortController();
  const ended = world.watch(NAMESPACE, name, stopping.signal, ({ status }) => {
    if (status?.phase !== undefined && status.phase !== seen.at(-1)) seen.push(status.phase);
  });
  return {
    async stop() {
      await expect.poll(() => seen.at(-1), { timeout: 10_000 }).toBe("Succeeded");
      stopping.abort();
      await ended;
      return seen;
    },
  };
}
