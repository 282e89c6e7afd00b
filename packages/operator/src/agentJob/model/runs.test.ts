import type { RunStatus } from "@clauderon/kinds";
import { describe, expect, it } from "vitest";
import type { RunContext } from "./cause.ts";
import { COMPLETE, cronRun, exampleJob, failed, liveRun, NOON, runPod, podStatus } from "./snapshot.fixture.ts";
import { configHashOf } from "./job.ts";
import type { LiveJob, LivePod } from "./objects.ts";
import { recordRuns, type RunsInput } from "./runs.ts";

const job = exampleJob({ schedule: "@daily" });
const context: RunContext = {
  namespace: "agents",
  agentJob: "summarize",
  runtimeRef: "claude-code",
  authRef: "oauth",
  timeoutSeconds: 3600,
};
const record = (input: Partial<RunsInput>) =>
  recordRuns({
    previous: [],
    observed: [],
    isReplaced: () => false,
    hashOf: configHashOf,
    context,
    now: NOON,
    ...input,
  });
const observed = (live: LiveJob, pod?: LivePod) => ({ observed: [{ job: live, pod }] });
const running: RunStatus = { name: "r", configHash: "h", phase: "Running", startTime: "2026-11-23T11:00:00Z" };

describe("recordRuns", () => {
  it("keeps the result of a deleted Job, and fails a run whose Job disappeared without a result", () => {
    const done: RunStatus = { ...running, name: "d", phase: "Succeeded", completionTime: "2026-11-23T11:30:00Z" };
    const [first, second] = record({ previous: [running, done] });
    expect(first).toMatchObject({
      name: "r",
      phase: "Failed",
      reason: "JobDeleted",
      completionTime: "2026-11-23T12:00:00Z",
    });
    expect(second).toEqual(done);
  });

  it("reports the run of a Job without a pod as lost", () => {
    const live = cronRun(job, "r", failed("BackoffLimitExceeded"));
    expect(record({ previous: [running], ...observed(live) })).toMatchObject([{ phase: "Failed", reason: "PodLost" }]);
  });

  it.each(["ImagePullFailed", "PodRefused", "SecretKeyMissing"])(
    "keeps %s as the cause when the deadline ends a run whose agent never started",
    (reason) => {
      const live = cronRun(job, "r", failed("DeadlineExceeded"));
      const waits: RunStatus = { ...running, phase: "Pending", reason, message: "Fix this" };
      const [ended] = record({ previous: [waits], ...observed(live) });
      const message = "The agent did not start within timeoutSeconds (3600): Fix this";
      expect(ended).toMatchObject({ phase: "Failed", reason, message });
      expect(record({ previous: ended === undefined ? [] : [ended], ...observed(live) })).toEqual([ended]);
    },
  );

  it("keeps the record while Kubernetes deletes the pod of a Job that is about to fail", () => {
    const target = { type: "FailureTarget", status: "True", reason: "DeadlineExceeded" };
    const failing = cronRun(job, "r", { startTime: "2026-11-23T11:00:00Z", conditions: [target] });
    const waits: RunStatus = { ...running, phase: "Pending", reason: "ImagePullFailed", message: "Fix this" };
    expect(record({ previous: [waits], ...observed(failing) })).toEqual([waits]);
    const silent = cronRun(job, "r", { startTime: "2026-11-23T11:00:00Z", active: 1 });
    expect(record({ previous: [running], ...observed(silent) })).toEqual([running]);
  });

  describe("of a run whose Job reaches its deadline", () => {
    const summary = { outcome: "Failed", reason: "Stopped", costUSD: 0.5, inputTokens: 9, branch: "clauderon/r" };
    const terminated = { exitCode: 143, message: JSON.stringify(summary), finishedAt: "2026-11-23T12:00:00Z" };
    const FIGURES = { cost: "0.5000", inputTokens: 9, branch: "clauderon/r" };
    const target = { type: "FailureTarget", status: "True", reason: "DeadlineExceeded" };
    const ending = cronRun(job, "r", { startTime: "2026-11-23T11:00:00Z", conditions: [target] });
    const timedOut = cronRun(job, "r", failed("DeadlineExceeded"));
    const pod = runPod(job, ending, podStatus("Failed", { terminated }));

    it("keeps cost, tokens and branch of the pod, which is gone before the Job has failed", () => {
      const stopping = record({ previous: [running], ...observed(ending, pod) });
      expect(stopping).toMatchObject([{ phase: "Running", ...FIGURES }]);
      const gone = record({ previous: stopping, ...observed(ending) });
      expect(gone).toEqual(stopping);
      expect(record({ previous: gone, ...observed(timedOut) })).toMatchObject([
        { phase: "Failed", reason: "TimedOut", ...FIGURES },
      ]);
    });

    it("adds them when the Job has failed before its pod ended, as before Kubernetes 1.31", () => {
      const early = record({ previous: [running], ...observed(timedOut) });
      expect(early).toMatchObject([{ phase: "Failed", reason: "TimedOut" }]);
      const late = record({ previous: early, ...observed(timedOut, pod) });
      expect(late).toMatchObject([{ phase: "Failed", reason: "TimedOut", ...FIGURES }]);
      expect(record({ previous: late, ...observed(timedOut) })).toEqual(late);
    });

    it("forgets them when the run is suspended, because it starts from the beginning", () => {
      const stopping = record({ previous: [running], ...observed(ending, pod) });
      const live = cronRun(job, "r", { active: 0 });
      const suspended = { ...live, spec: { ...live.spec, suspend: true, template: live.spec?.template ?? {} } };
      const [paused] = record({ previous: stopping, ...observed(suspended) });
      expect(paused).toMatchObject({ phase: "Pending" });
      expect(paused).not.toHaveProperty("cost");
    });
  });

  it.each([
    ["a run that was running", running],
    ["a run that waited for no known reason", { ...running, phase: "Pending" } satisfies RunStatus],
    ["a run that was suspended", { ...running, phase: "Pending", reason: "JobSuspended" } satisfies RunStatus],
  ])("reports the deadline for %s", (_what, previous) => {
    const live = cronRun(job, "r", failed("DeadlineExceeded"));
    expect(record({ previous: [previous], ...observed(live) })).toMatchObject([{ reason: "TimedOut" }]);
  });

  it("completes a result with a late summary and keeps it", () => {
    const live = cronRun(job, "r", COMPLETE);
    const early = record({ previous: [running], ...observed(live) });
    expect(early[0]).not.toHaveProperty("turns");
    const message = '{"outcome":"Succeeded","turns":2}';
    const pod = runPod(job, live, podStatus("Succeeded", { terminated: { exitCode: 0, message } }));
    const late = record({ previous: early, ...observed(live, pod) });
    expect(late).toMatchObject([{ phase: "Succeeded", turns: 2 }]);
    expect(record({ previous: late, ...observed(live) })).toEqual(late);
  });

  it("does not change a replaced run's record when its pod ends", () => {
    const live = liveRun(job, failed("BackoffLimitExceeded"));
    const replaced: RunStatus = {
      ...running,
      name: live.metadata.name,
      phase: "Failed",
      reason: "Replaced",
      completionTime: "2026-11-23T11:10:00Z",
    };
    const pod = runPod(job, live, podStatus("Failed", { terminated: { exitCode: 143 } }));
    expect(record({ previous: [replaced], ...observed(live, pod) })).toEqual([replaced]);
  });

  it("treats a later Job of the same name as another run", () => {
    const old: RunStatus = { ...running, phase: "Succeeded", completionTime: "2026-11-23T10:00:00Z" };
    expect(record({ previous: [old], ...observed(cronRun(job, "r", { active: 1 })) })).toMatchObject([
      { phase: "Pending" },
    ]);
  });

  it("puts a run before an earlier one that began in the same second", () => {
    const fresh = cronRun(job, "a", { active: 1 });
    const both = record({
      previous: [{ ...running, name: "z", phase: "Failed", reason: "Replaced" }],
      ...observed(fresh),
    });
    expect(both.map(({ name }) => name)).toEqual(["a", "z"]);
    const again = record({ previous: both, ...observed(fresh) });
    expect(again.map(({ name }) => name)).toEqual(["a", "z"]);
  });

  it("remembers ten runs, newest first", () => {
    const runs = Array.from({ length: 12 }, (_, at) => cronRun(job, `r-${at}`, COMPLETE)).map((live, at) => ({
      job: { ...live, metadata: { ...live.metadata, creationTimestamp: `2026-11-23T11:${10 + at}:00Z` } },
      pod: undefined,
    }));
    const names = record({ observed: runs }).map(({ name }) => name);
    expect(names).toEqual(Array.from({ length: 10 }, (_, at) => `r-${11 - at}`));
  });
});
