import type { AgentJob } from "@clauderon/kinds";
import { expect, it } from "vitest";
import { cronRun, exampleJob, exampleSnapshot, liveRun, NOON, podStatus, runPod } from "./snapshot.fixture.ts";
import type { LiveJob } from "./objects.ts";
import { planAgentJob } from "./plan.ts";

const proxy = {
  name: "istio-proxy",
  image: "proxy",
  imageID: "",
  ready: true,
  restartCount: 0,
  state: { running: {} },
};

/** A plan for a run whose agent has ended with this message, while the proxy before it in the pod runs on. */
function planHeld(job: AgentJob, run: LiveJob, message: string) {
  const status = podStatus("Running", { terminated: { exitCode: 0, message, finishedAt: "2026-11-23T11:20:00Z" } });
  const containerStatuses = [proxy, ...(status?.containerStatuses ?? [])];
  return planAgentJob(
    exampleSnapshot(job, { jobs: [run], pods: [runPod(job, run, { ...status, containerStatuses })] }),
    NOON,
  );
}

it.each([
  ["a one-shot", exampleJob(), (job: AgentJob) => liveRun(job, { active: 1 })],
  ["a scheduled run", exampleJob({ schedule: "@daily" }), (job: AgentJob) => cronRun(job, "r", { active: 1 })],
])("records the result of %s at once when a sidecar keeps its pod running, then ends its Job", (_what, job, make) => {
  const run = make(job);
  const first = planHeld(job, run, '{"outcome":"Succeeded","turns":3}');
  expect(first.status?.status.runs).toMatchObject([
    {
      phase: "Succeeded",
      turns: 3,
      completionTime: "2026-11-23T11:20:00Z",
      message: expect.stringContaining('"istio-proxy"'),
    },
  ]);
  expect(first.deletions).toEqual([]);
  const recorded = { ...job, status: { ...first.status?.status } };
  const second = planHeld(recorded, run, '{"outcome":"Succeeded","turns":3}');
  expect(second.deletions).toEqual([{ kind: "Job", object: run }]);
  expect(second.status?.status.runs).toEqual(first.status?.status.runs);
  const gone = planAgentJob(exampleSnapshot(recorded), NOON);
  expect(gone.start).toBeUndefined();
  expect(gone.status?.status.runs).toEqual(first.status?.status.runs);
});

it("records a failure with its cause, and names the sidecar", () => {
  const job = exampleJob();
  const message = '{"outcome":"Failed","reason":"RateLimited","message":"API says 429"}';
  const runs = planHeld(job, liveRun(job, { active: 1 }), message).status?.status.runs;
  expect(runs).toMatchObject([{ phase: "Failed", reason: "RateLimited" }]);
  expect(runs?.[0]?.message).toMatch(/^API says 429: .*Container "istio-proxy" kept running/);
});

it("waits for the Job when the agent left no summary", () => {
  const job = exampleJob();
  const made = planHeld(job, liveRun(job, { active: 1 }), "Traceback");
  expect(made.status?.status.runs).toMatchObject([{ phase: "Running" }]);
});
