import { type AgentJob, SUSPENDED_ANNOTATION } from "@clauderon/kinds";
import { describe, expect, it } from "vitest";
import { COMPLETE, exampleJob, exampleSnapshot, liveRun, NOON } from "./snapshot.fixture.ts";
import type { LiveJob } from "./objects.ts";
import { planAgentJob } from "./plan.ts";
import type { Snapshot } from "./snapshot.ts";

const plan = (job: AgentJob, rest: Partial<Snapshot> = {}) => planAgentJob(exampleSnapshot(job, rest), NOON);
const suspended = (run: LiveJob, annotations: Record<string, string> = {}): LiveJob => ({
  ...run,
  metadata: { ...run.metadata, annotations },
  spec: { template: {}, ...run.spec, suspend: true },
});

describe("planAgentJob, suspended", () => {
  it("starts nothing and suspends the running Job", () => {
    const job = exampleJob({ suspend: true });
    const idle = plan(job);
    expect(idle.start).toBeUndefined();
    expect(idle.status?.status.phase).toBe("Suspended");
    const run = liveRun(job, { active: 1 });
    const annotations = { [SUSPENDED_ANNOTATION]: "true" };
    expect(plan(job, { jobs: [run] }).patches).toEqual([
      { kind: "Job", object: run, spec: { suspend: true }, annotations },
    ]);
    const stopped = suspended(run, annotations);
    const made = plan(job, { jobs: [stopped] });
    expect(made.patches).toEqual([]);
    expect(made.status?.status.phase).toBe("Suspended");
  });

  it("resumes the Job and forgets that it suspended it", () => {
    const job = exampleJob();
    const stopped = suspended(liveRun(job), { [SUSPENDED_ANNOTATION]: "true" });
    const resumed = { spec: { suspend: false }, annotations: { [SUSPENDED_ANNOTATION]: null } };
    expect(plan(job, { jobs: [stopped] }).patches).toMatchObject([resumed]);
    const byHand = { ...stopped, spec: { template: {}, ...stopped.spec, suspend: false } };
    expect(plan(job, { jobs: [byHand] }).patches).toMatchObject([resumed]);
  });

  it.each([
    ["while the AgentJob is suspended too", true],
    ["while the AgentJob is not suspended", false],
  ])("writes nothing to a Job that Kueue or a person suspended, %s", (_when, suspend) => {
    const job = exampleJob({ suspend });
    expect(plan(job, { jobs: [suspended(liveRun(job))] }).patches).toEqual([]);
  });

  it("waits for the person or program that suspended the Job, and says so", () => {
    const job = exampleJob();
    const made = plan({ ...job, status: { ...plan(job).status?.status } }, { jobs: [suspended(liveRun(job))] });
    expect(made.status?.status).toMatchObject({ phase: "Pending", runs: [{ reason: "JobSuspended" }] });
    expect(made.status?.status.message).toMatch(/^Job "summarize-\w+" is suspended, but not by this AgentJob/);
  });

  it("keeps the result of a one-shot that has ended", () => {
    const job = exampleJob({ suspend: true });
    expect(plan(job, { jobs: [liveRun(job, COMPLETE)] }).status?.status.phase).toBe("Succeeded");
  });
});
