import { describe, expect, it } from "vitest";
import type { RunContext } from "./cause.ts";
import { exampleJob, failed, liveRun, NOON, runPod, podStatus } from "./snapshot.fixture.ts";
import { failureCause } from "./failureCause.ts";
import type { LivePod } from "./objects.ts";
import { waitingCause } from "./waitingCause.ts";

const job = exampleJob({ resources: { limits: { memory: "512Mi" } } });
const context: RunContext = {
  namespace: "agents",
  agentJob: "summarize",
  runtimeRef: "claude-code",
  authRef: "oauth",
  credential: { secret: "credential", key: "token" },
  timeoutSeconds: 3600,
};
const run = liveRun(job, { startTime: "2026-11-23T11:00:00Z" });
const waits = (status: LivePod["status"]) => waitingCause(run, runPod(job, run, status), context, NOON);
const waiting = (reason: string, message: string) => waits(podStatus("Pending", { waiting: { reason, message } }));
const unscheduled = (message: string) =>
  waits({
    phase: "Pending",
    conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }],
  });

describe("waitingCause", () => {
  it.each([
    ["ErrImagePull", "not found", "ImagePullFailed", /localhost\/agent:1.*not found.*AgentRuntime "claude-code"/],
    ["ImagePullBackOff", "Back-off", "ImagePullFailed", /imagePullSecrets/],
    ["ErrImageNeverPull", "not present", "ImagePullFailed", /not present/],
    ["InvalidImageName", "couldn't parse", "ImagePullFailed", /couldn't parse/],
    [
      "CreateContainerConfigError",
      'secret "credential" not found',
      "SecretKeyMissing",
      /Secret "credential" \(key "token"\).*kubectl create secret generic credential --namespace agents --from-literal=token=/,
    ],
    [
      "CreateContainerConfigError",
      "couldn't find key token in Secret agents/credential",
      "SecretKeyMissing",
      /Key "token" of Secret "credential".*: add it with kubectl patch secret credential --type merge --patch '\{"stringData":\{"token":"…"\}\}' --namespace agents$/,
    ],
    [
      "CreateContainerConfigError",
      "couldn't find key mode in ConfigMap agents/settings",
      "SecretKeyMissing",
      /kubectl patch configmap settings --type merge --patch '\{"data":\{"mode":"…"\}\}'/,
    ],
    ["CreateContainerConfigError", 'configmap "c" not found', "SecretKeyMissing", /kubectl create configmap c/],
    ["CreateContainerConfigError", "image will run as root", "StartFailed", /image will run as root.*claude-code/],
    ["CreateContainerError", "bad mount", "StartFailed", /bad mount/],
  ])("reports %s (%s) as %s", (reason, words, expected, message) => {
    expect(waiting(reason, words)).toEqual({ reason: expected, message: expect.stringMatching(message) });
  });

  it("uses the scheduler's own words and recognizes an unbound volume", () => {
    const cpu = unscheduled("0/1 nodes are available: 1 Insufficient cpu.");
    expect(cpu).toEqual({ reason: "Unschedulable", message: expect.stringContaining("1 Insufficient cpu") });
    const volume = unscheduled("pod has unbound immediate PersistentVolumeClaims.");
    expect(volume).toEqual({ reason: "VolumeNotBound", message: expect.stringContaining("storageClassName") });
  });

  it("reports a missing pod only after a while", () => {
    expect(waitingCause(run, undefined, context, NOON)?.reason).toBe("PodRefused");
    expect(waitingCause(run, undefined, context, NOON - 3_599_000)).toBeUndefined();
  });

  it("names the Secrets of volumes that are not mounted after a while", () => {
    const own = exampleJob({ repositoryRefs: ["project"] });
    const pod = runPod(own, liveRun(own), {
      phase: "Pending",
      startTime: "2026-11-23T11:00:00Z",
      conditions: [{ type: "PodReadyToStartContainers", status: "False" }],
    });
    const cause = waitingCause(run, pod, context, NOON);
    expect(cause).toEqual({ reason: "VolumeNotMounted", message: expect.stringContaining('"git-token"') });
  });

  it("reports nothing for a pod that runs or is being created", () => {
    expect(waits(podStatus("Running", { running: {} }))).toBeUndefined();
    expect(waiting("ContainerCreating", "")).toBeUndefined();
  });
});

describe("failureCause", () => {
  const fails = (status: LivePod["status"], reason = "BackoffLimitExceeded") =>
    failureCause(liveRun(job, failed(reason)), runPod(job, run, status), context);
  const exits = (terminated: object) => fails(podStatus("Failed", { terminated }));

  it.each([
    ["out of memory", exits({ exitCode: 137, reason: "OOMKilled" }), "OutOfMemory", /512Mi.*resources.limits.memory/],
    ["deadline of the Job", fails(undefined, "DeadlineExceeded"), "TimedOut", /timeoutSeconds \(3600\)/],
    ["eviction", fails({ phase: "Failed", reason: "Evicted", message: "low on memory" }), "Evicted", /low on memory/],
    ["a lost node", fails({ phase: "Failed", reason: "NodeLost" }), "NodeLost", /run it again/],
    [
      "a taint",
      fails({
        phase: "Failed",
        conditions: [{ type: "DisruptionTarget", status: "True", reason: "DeletionByTaintManager" }],
      }),
      "NodeLost",
      /DeletionByTaintManager/,
    ],
    [
      "a program that is not there",
      exits({ exitCode: 128, reason: "StartError", message: "no such file" }),
      "StartFailed",
      /no such file/,
    ],
    [
      "the runner's own account",
      exits({ exitCode: 1, message: '{"outcome":"Failed","reason":"AuthenticationFailed","message":"API says 401"}' }),
      "AuthenticationFailed",
      /^API says 401: check key "token" of Secret "credential" \(AgentAuth "oauth"\)$/,
    ],
    [
      "no account",
      exits({ exitCode: 137, message: "one\ntwo" }),
      "AgentCrashed",
      /\(exit code 137, signal 9\): see the log of the run's pod in namespace "agents"$/,
    ],
    ["no message", exits({ exitCode: 3 }), "AgentCrashed", /exit code 3\).*log/],
    [
      "no pod",
      failureCause(liveRun(job, failed("BackoffLimitExceeded")), undefined, context),
      "PodLost",
      /before the operator could read its result/,
    ],
  ])("reports %s", (_what, cause, reason, message) => {
    expect(cause).toEqual({ reason, message: expect.stringMatching(message) });
  });

  it.each([
    ["plain lines", "Traceback\npassword=hunter2"],
    [
      "a summary with a reason that the runner does not have",
      '{"outcome":"Failed","reason":"Succeeded","message":"hunter2"}',
    ],
    ["a summary that says success", '{"outcome":"Succeeded","lastMessage":"hunter2"}'],
    ["JSON that is not a summary", '{"error":"hunter2"}'],
  ])("shows nothing of a termination message that is not the runner's account of a failure: %s", (_what, message) => {
    const cause = exits({ exitCode: 1, message });
    expect(cause.reason).toBe("AgentCrashed");
    expect(cause.message).not.toContain("hunter2");
  });

  it("treats the runner's account as untrusted too: no control characters, bounded", () => {
    const said = JSON.stringify({
      outcome: "Failed",
      reason: "AgentError",
      message: "\u001b]0;owned\u0007".repeat(200),
    });
    const { message } = exits({ exitCode: 1, message: said });
    expect(message).toContain("owned");
    expect(message).not.toContain("\u001b");
    expect(message.length).toBeLessThan(600);
  });
});
