import { describe, expect, it } from "vitest";
import { resolvedJob } from "../../../../kinds/src/run/resolvedAgentJob.fixture.ts";
import { planAgentJob } from "./plan.ts";
import { COMPLETE, exampleSnapshot, failed, liveRun, NOON, podStatus, runPod } from "./snapshot.fixture.ts";

const PROXIED = resolvedJob({ auth: { delivery: "Proxy" }, rest: { proxyAddress: "10.96.0.7" } });

/** The condition of an AgentJob behind the proxy whose run ended with this summary. */
function conditionAfter(summary: object | undefined, isDone: boolean) {
  const { job } = PROXIED;
  const run = liveRun(job, isDone ? COMPLETE : failed("BackoffLimitExceeded"));
  const terminated = { exitCode: isDone ? 0 : 2, message: JSON.stringify(summary) };
  const pod = runPod(job, run, podStatus(isDone ? "Succeeded" : "Failed", { terminated }));
  const seen = summary === undefined ? {} : { jobs: [run], pods: [pod] };
  const plan = planAgentJob(exampleSnapshot(job, { references: { resolved: PROXIED }, ...seen }), NOON);
  return plan.status?.conditions.find(({ type }) => type === "BoundaryVerified");
}

describe("the condition BoundaryVerified", () => {
  it("is True after a run that tried the ways around its proxy", () => {
    const holds = { outcome: "Succeeded", boundaryVerified: true };
    expect(conditionAfter(holds, true)).toMatchObject({ status: "True", reason: "BoundaryHolds" });
  });

  it("is False after a run whose pod reached a place past its proxy, and names it", () => {
    const leaks = { outcome: "Failed", reason: "BoundaryLeaks", message: "the pod reaches DNS at 10.96.0.10:53" };
    expect(conditionAfter(leaks, false)).toMatchObject({
      status: "False",
      reason: "BoundaryLeaks",
      message: expect.stringContaining("10.96.0.10:53"),
    });
  });

  it("is Unknown before a run, and after one that did not try", () => {
    expect(conditionAfter(undefined, true)).toMatchObject({ status: "Unknown", reason: "NotVerified" });
    expect(conditionAfter({ outcome: "Succeeded" }, true)).toMatchObject({ status: "Unknown" });
  });

  it("is not there without a proxy", () => {
    const { job } = PROXIED;
    const plan = planAgentJob(exampleSnapshot(job), NOON);
    expect(plan.status?.conditions.map(({ type }) => type)).not.toContain("BoundaryVerified");
  });
});
