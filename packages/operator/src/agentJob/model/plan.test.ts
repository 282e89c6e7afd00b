import { type AgentJob, childNames, type RunStatus } from "@clauderon/kinds";
import { describe, expect, it } from "vitest";
import {
  COMPLETE,
  cronRun,
  exampleJob,
  exampleSnapshot,
  failed,
  hashOf,
  liveRun,
  NOON,
  ownedMeta,
  runPod,
  podStatus,
} from "./snapshot.fixture.ts";
import { type Plan, planAgentJob } from "./plan.ts";
import type { Snapshot } from "./snapshot.ts";

const plan = (job: AgentJob, rest: Partial<Snapshot> = {}) => planAgentJob(exampleSnapshot(job, rest), NOON);
const kinds = ({ children }: Plan) => children.map(({ kind }) => kind);
const runName = (job: AgentJob) => childNames(job).job(hashOf(job));
const condition = (made: Plan, type: string) => made.status?.conditions.find((one) => one.type === type);

/** The AgentJob with the status that an earlier plan wrote. */
function after(job: AgentJob, made: Plan): AgentJob {
  return { ...job, status: { ...made.status?.status } };
}

describe("planAgentJob, one-shot", () => {
  it("makes the ConfigMap and starts the Job of its hash", () => {
    const job = exampleJob();
    const made = plan(job);
    expect(kinds(made)).toEqual(["ConfigMap"]);
    expect(made.start?.metadata.name).toBe(runName(job));
    expect(made.status?.status).toMatchObject({ phase: "Pending", configHash: hashOf(job), observedGeneration: 1 });
    expect(made.status?.status.ownedResources).toEqual([
      { kind: "ConfigMap", name: "summarize-config" },
      { kind: "Job", name: runName(job) },
    ]);
  });

  it("reports Succeeded with lastRunTime and lastCompletionTime", () => {
    const job = exampleJob();
    const run = liveRun(job, COMPLETE);
    const pod = runPod(
      job,
      run,
      podStatus("Succeeded", { terminated: { exitCode: 0, message: '{"outcome":"Succeeded"}' } }),
    );
    const made = plan(after(job, plan(job)), { jobs: [run], pods: [pod] });
    expect(made.status?.status).toMatchObject({ phase: "Succeeded", lastCompletionTime: "2026-11-23T11:30:00Z" });
    expect(made.status?.status.lastRunTime).toBeDefined();
    expect(condition(made, "RunSucceeded")).toMatchObject({ status: "True", reason: "Succeeded" });
    expect(made.status?.events).toMatchObject([{ type: "Normal", reason: "RunSucceeded" }]);
  });

  it("reports Failed with the cause", () => {
    const job = exampleJob();
    const made = plan(after(job, plan(job)), { jobs: [liveRun(job, failed("DeadlineExceeded"))] });
    expect(made.status?.status.phase).toBe("Failed");
    expect(condition(made, "RunSucceeded")).toMatchObject({ status: "False", reason: "TimedOut" });
    expect(made.status?.events).toMatchObject([{ type: "Warning", reason: "RunFailed" }]);
  });

  it("gives the Job a TTL only after its result is recorded, and never starts it again after the TTL", () => {
    const job = exampleJob();
    const run = liveRun(job, COMPLETE);
    const first = plan(job);
    expect(first.start?.spec?.ttlSecondsAfterFinished).toBeUndefined();
    const ended = plan(after(job, first), { jobs: [run] });
    expect(ended.patches).toEqual([]);
    const recorded = after(job, ended);
    const settled = plan(recorded, { jobs: [run] });
    expect(settled.patches).toEqual([{ kind: "Job", object: run, spec: { ttlSecondsAfterFinished: 86_400 } }]);
    const expired = plan(recorded);
    expect(expired.start).toBeUndefined();
    expect(expired.status?.status.phase).toBe("Succeeded");
  });

  it.each([
    ["resources", { resources: { limits: { memory: "1Gi" } } }],
    ["env", { env: [{ name: "A", value: "1" }] }],
    ["timeout", { timeoutSeconds: 60 }],
  ])("starts a new run when %s changes instead of touching the Job's immutable template", (_what, edit) => {
    const [job, edited] = [exampleJob(), exampleJob(edit)];
    const made = plan(edited, { jobs: [liveRun(job, COMPLETE)] });
    expect(made.start?.metadata.name).toBe(runName(edited));
    expect(runName(edited)).not.toBe(runName(job));
    expect(made.patches).toEqual([]);
  });

  it("starts nothing after an edit of the prompt until the old Job and its pods are gone", () => {
    const [old, job] = [exampleJob(), exampleJob({ prompt: "Say goodbye" })];
    const run = liveRun(old, { active: 1 });
    const pod = runPod(old, run, podStatus("Running", { running: {} }));
    const going = after(job, plan(old));
    const made = plan(going, { jobs: [run], pods: [pod] });
    expect(made.deletions).toEqual([{ kind: "Job", object: run }]);
    expect(made.start).toBeUndefined();
    expect(made.status?.status).toMatchObject({ phase: "Pending", runs: [{ phase: "Failed", reason: "Replaced" }] });
    expect(condition(made, "RunSucceeded")).toMatchObject({ status: "Unknown", reason: "WaitingForPreviousRun" });

    const deleting = { ...run, metadata: { ...run.metadata, deletionTimestamp: "2026-11-23T12:00:00Z" } };
    expect(plan(after(job, made), { jobs: [deleting], pods: [pod] })).toMatchObject({
      deletions: [],
      start: undefined,
    });
    expect(plan(after(job, made), { pods: [pod] }).start).toBeUndefined();
    const next = plan(after(job, made));
    expect(next.start?.metadata.name).toBe(runName(job));
    expect(next.status?.status.runs).toMatchObject([{ phase: "Pending" }, { phase: "Failed", reason: "Replaced" }]);
  });

  it("does not run a finished hash again, but runs one again that was replaced before its end", () => {
    const job = exampleJob();
    const record = { name: runName(job), phase: "Failed" as const, startTime: "2026-11-23T10:00:00Z" };
    const withRun = (run: RunStatus) => ({ ...job, status: { runs: [run] } });
    expect(plan(withRun({ ...record, reason: "AgentCrashed" })).start).toBeUndefined();
    const again = plan(withRun({ ...record, reason: "Replaced", completionTime: "2026-11-23T10:01:00Z" }));
    expect(again.start?.metadata.name).toBe(runName(job));
    expect(again.status?.status.runs).toMatchObject([{ phase: "Pending" }]);
  });

  it("treats a run as replaced when its Job disappeared while the operator was away and the inputs changed", () => {
    const made = plan(after(exampleJob({ prompt: "Another" }), plan(exampleJob())));
    expect(made.status?.status.runs).toMatchObject([{ phase: "Pending" }, { phase: "Failed", reason: "Replaced" }]);
  });

  it("is Pending, not Failed, while a replaced run is about to start again", () => {
    const [old, job] = [exampleJob({ prompt: "Another" }), exampleJob()];
    const replaced: RunStatus = {
      name: runName(job),
      phase: "Failed",
      reason: "Replaced",
      startTime: "2026-11-23T10:00:00Z",
    };
    const made = plan({ ...job, status: { runs: [replaced] } }, { jobs: [liveRun(old, { active: 1 })] });
    expect(made.start).toBeUndefined();
    expect(made.status?.status.phase).toBe("Pending");
  });

  it("reports an event once", () => {
    const job = exampleJob();
    const [first, run] = [plan(job), liveRun(job, { active: 1 })];
    expect(first.status?.events.map(({ reason }) => reason)).toEqual(["RunStarted"]);
    expect(plan(after(job, first), { jobs: [run] }).status?.events).toEqual([]);
    const waiting = runPod(
      job,
      run,
      podStatus("Pending", { waiting: { reason: "ErrImagePull", message: "not found" } }),
    );
    const next = plan(after(job, first), { jobs: [run], pods: [waiting] });
    expect(next.status?.events).toMatchObject([{ type: "Warning", reason: "RunWaiting" }]);
    expect(plan(after(job, next), { jobs: [run], pods: [waiting] }).status?.events).toEqual([]);
  });

  it("records a run as Failed when its Job was deleted, and does not repeat it", () => {
    const job = exampleJob();
    const made = plan(after(job, plan(job)));
    expect(made.start).toBeUndefined();
    expect(made.status?.status).toMatchObject({ phase: "Failed", runs: [{ reason: "JobDeleted" }] });
  });

  it("mounts a Repository's token into the Job's pod", () => {
    const volumes = plan(exampleJob({ repositoryRefs: ["project"] })).start?.spec?.template.spec?.volumes ?? [];
    const secrets = volumes.flatMap(({ projected }) => projected?.sources ?? []).map(({ secret }) => secret?.name);
    expect(secrets).toContain("git-token");
  });
});

describe("planAgentJob, missing references", () => {
  it("names every missing reference, starts nothing and changes no child", () => {
    const job = exampleJob({ roleRef: "missing", mcpServerRefs: ["missing"] });
    const made = plan(job);
    expect(made).toMatchObject({ children: [], start: undefined, deletions: [], patches: [] });
    expect(made.status?.status.phase).toBe("Pending");
    const message = 'AgentRole "missing" and McpServer "missing" are not in namespace "agents"';
    expect(condition(made, "Ready")).toMatchObject({ status: "False", reason: "AgentRoleNotFound", message });
    expect(made.status?.status.message).toBe(message);
  });

  it("does not end the active run", () => {
    const run = liveRun(exampleJob(), { active: 1 });
    const made = plan(exampleJob({ roleRef: "missing" }), { jobs: [run] });
    expect(made.deletions).toEqual([]);
    expect(made.status?.status.runs).toMatchObject([{ phase: "Pending" }]);
  });

  it("still suspends a CronJob and changes nothing else of it", () => {
    const job = exampleJob({ roleRef: "missing", schedule: "@daily", suspend: true });
    const live = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: ownedMeta(job, "summarize"),
      spec: { suspend: false },
    };
    const made = plan(job, { children: { CronJob: live as never } });
    expect(made.patches).toMatchObject([{ kind: "CronJob", spec: { suspend: true } }]);
    expect(made.children).toEqual([]);
  });
});

describe("planAgentJob, scheduled", () => {
  const job = exampleJob({ schedule: "0 */6 * * *", timezone: "Europe/Paris" });

  it("makes a CronJob and no Job", () => {
    const made = plan(job);
    expect(kinds(made)).toEqual(["ConfigMap", "CronJob"]);
    expect(made.children[1]?.desired).toMatchObject({
      metadata: { name: "summarize" },
      spec: {
        schedule: "0 */6 * * *",
        timeZone: "Europe/Paris",
        concurrencyPolicy: "Forbid",
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: { spec: { backoffLimit: 0, activeDeadlineSeconds: 3600, ttlSecondsAfterFinished: 86_400 } },
      },
    });
    expect(made.start).toBeUndefined();
    expect(made.status?.status).toMatchObject({ phase: "Scheduled", message: 'Runs at "0 */6 * * *" (Europe/Paris)' });
  });

  it("is Running while a scheduled or manual run is active, then Scheduled with its result", () => {
    const byHand = cronRun(job, "test-run", { active: 1 });
    const pod = runPod(job, byHand, podStatus("Running", { running: {} }));
    expect(plan(job, { jobs: [byHand], pods: [pod] }).status?.status.phase).toBe("Running");
    const made = plan(job, { jobs: [cronRun(job, "test-run", COMPLETE)] });
    expect(made.status?.status).toMatchObject({ phase: "Scheduled", runs: [{ name: "test-run", phase: "Succeeded" }] });
    expect(condition(made, "RunSucceeded")).toMatchObject({ status: "True" });
  });

  it("leaves a running scheduled run alone when it is edited or suspended", () => {
    const run = cronRun(job, "summarize-1", { active: 1 });
    const edited = exampleJob({ schedule: "@daily", prompt: "Another", suspend: true });
    expect(plan(edited, { jobs: [run] })).toMatchObject({ deletions: [], patches: [] });
  });

  it("deletes the CronJob when the schedule is removed, and runs once when nothing of it is left", () => {
    const once = exampleJob();
    const live = { apiVersion: "batch/v1", kind: "CronJob", metadata: ownedMeta(once, "summarize") };
    const run = cronRun(once, "summarize-1", { active: 1 });
    const made = plan(once, { children: { CronJob: live }, jobs: [run] });
    expect(made.deletions).toEqual([{ kind: "CronJob", object: live }]);
    expect(made.start).toBeUndefined();
    expect(made.status?.status.runs).toMatchObject([{ name: "summarize-1", reason: "Replaced" }]);
    expect(plan(after(once, made)).start?.metadata.name).toBe(runName(once));
  });

  it("lets a one-shot run of the same inputs finish when a schedule is added", () => {
    expect(plan(job, { jobs: [liveRun(job, { active: 1 })] }).deletions).toEqual([]);
  });
});
