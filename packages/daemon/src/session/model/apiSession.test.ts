import { type RunnerStatus, sessionSchema } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../registry/model/entry.ts";
import { apiSession, type View } from "./apiSession.ts";
import { exampleEntry } from "./entry.fixture.ts";

const RUNNER: RunnerStatus = { type: "status", state: "Running", activity: "Idle", turns: 2 };
const NOTHING: View = {
  observation: undefined,
  isConnected: false,
  runner: undefined,
  progress: undefined,
  trouble: undefined,
  unfetched: undefined,
};

const statusOf = (entry: Partial<Entry>, view: Partial<View> = {}) =>
  sessionSchema.parse(apiSession(exampleEntry(entry), { ...NOTHING, ...view })).status;

const running: Partial<View> = { observation: { phase: "Running" }, isConnected: true, runner: RUNNER };

describe("apiSession", () => {
  it("is Pending, with its current step, until its agent has started", () => {
    expect(statusOf({})).toMatchObject({ phase: "Pending", reason: "Starting" });
    const creating = { ...running, progress: "Starting the agent" };
    expect(statusOf({}, creating)).toMatchObject({
      phase: "Pending",
      reason: "Creating",
      message: "Starting the agent",
    });
    expect(statusOf({ started: true }, running)).toEqual({ phase: "Running", activity: "Idle", turns: 2 });
  });

  it("is Pending until the agent has started or could not be started, and while it must be stopped first", () => {
    const starting = { reason: "Starting", message: "Starting the agent" };
    for (const runner of [
      undefined,
      { ...RUNNER, state: "Waiting" as const },
      { ...RUNNER, state: "Starting" as const },
    ]) {
      expect(statusOf({ started: true }, { ...running, runner })).toMatchObject({ phase: "Pending", ...starting });
    }
    expect(statusOf({ started: true, restart: true }, running)).toMatchObject({ phase: "Pending", reason: "Starting" });
    const trouble = { code: "SESSION_NOT_RUNNING", message: "It does not answer" };
    const troubled = { ...running, runner: { ...RUNNER, state: "Waiting" as const }, trouble };
    expect(statusOf({ started: true }, troubled)).toMatchObject({ phase: "Pending", reason: "SessionNotRunning" });
  });

  it("says that it connects to a runner that it has lost", () => {
    const told = { phase: "Pending", reason: "Connecting", message: "Connecting to the session's runner" };
    expect(statusOf({ started: true }, { ...running, isConnected: false })).toMatchObject(told);
  });

  it("shows that an agent ended and is started again", () => {
    const message = "The agent ended with exit code 1; the runner starts it again";
    const runner = { ...RUNNER, state: "Starting" as const, activity: "Unknown" as const, exitCode: 1, message };
    const told = { phase: "Running", reason: "AgentRestarting", message, exitCode: 1 };
    expect(statusOf({ started: true }, { ...running, runner })).toMatchObject(told);
  });

  it("says what the runner waits for before it starts the agent", () => {
    const message = "Waiting for the proxy http://clauderon-proxy:3030: it does not know this pod yet";
    const runner = { ...RUNNER, state: "Starting" as const, message, code: "PROXY_UNAVAILABLE" };
    const told = { phase: "Pending", reason: "ProxyUnavailable", message };
    expect(statusOf({ started: true }, { ...running, runner })).toMatchObject(told);
  });

  it("shows the backend's cause instead of a step's name", () => {
    const observation = {
      phase: "Pending",
      reason: "ImagePullBackOff",
      message: "No such image",
      hint: "Check it",
    } as const;
    expect(statusOf({}, { observation, progress: "Waiting" })).toMatchObject({
      reason: "ImagePullBackOff",
      hint: "Check it",
    });
  });

  it("reports that a running session's work was not fetched, unless the agent has a problem of its own", () => {
    const unfetched = { code: "REPOSITORY_UNAVAILABLE", message: "The limit", hint: "Pull it" };
    const told = { phase: "Running", reason: "WorkNotFetched", message: "The limit", hint: "Pull it" };
    expect(statusOf({ started: true }, { ...running, unfetched })).toMatchObject(told);
    const runner = { ...RUNNER, state: "Exited", activity: "Completed" } as const;
    expect(statusOf({ started: true }, { ...running, runner, unfetched }).reason).toBe("AgentExited");
  });

  it("shows why a turn failed, in the agent's words without control characters", () => {
    const runner = {
      type: "status",
      state: "Running",
      activity: "Failed",
      turns: 1,
      message: "401\u001b[2J no",
    } as const;
    const failed = { observation: { phase: "Running" }, isConnected: true, runner } as const;
    expect(statusOf({ started: true }, failed)).toMatchObject({
      phase: "Running",
      activity: "Failed",
      reason: "TurnFailed",
      message: "401[2J no",
      hint: 'Send another prompt: clauderon send web "Try again"',
    });
  });

  it("does not report a pod that is not created yet as a cause, and says why it cannot be created", () => {
    const missing = { phase: "Missing", reason: "VolumeMissing", message: "There is no volume" } as const;
    const creating = { observation: missing, progress: "Creating the volume" };
    expect(statusOf({}, creating)).toMatchObject({ reason: "Creating", message: "Creating the volume" });
    const stopped = { phase: "Stopped", reason: "NoPod", message: "The session has no pod" } as const;
    const trouble = { code: "CLUSTER_REFUSED", message: "Quota exceeded" };
    expect(statusOf({}, { observation: stopped, trouble })).toMatchObject({ reason: "ClusterRefused" });
    expect(statusOf({}, { observation: stopped })).toMatchObject({ reason: "NoPod" });
    expect(statusOf({}, { observation: stopped, progress: "Creating the pod" })).toMatchObject({
      reason: "Creating",
      message: "Creating the pod",
    });
    const evicted = { phase: "Stopped", reason: "Evicted", message: "The pod was evicted" } as const;
    expect(statusOf({}, { observation: evicted, progress: "Creating the pod" })).toMatchObject({ reason: "Evicted" });
  });

  it("reports a session that lost its place as Missing until somebody recreates it", () => {
    const observation = { phase: "Missing", reason: "VolumeMissing", message: "There is no volume" } as const;
    expect(statusOf({ started: true }, { observation })).toMatchObject({ phase: "Missing", reason: "VolumeMissing" });
    expect(statusOf({ started: true, restart: true }, { observation })).toMatchObject({ phase: "Pending" });
  });

  it("reports a final failure, and one that will be retried", () => {
    const failure = { code: "SANDBOX_UNAVAILABLE", message: "No bubblewrap", hint: "Install it" };
    expect(statusOf({ failure })).toMatchObject({ phase: "Failed", reason: "SandboxUnavailable", hint: "Install it" });
    expect(statusOf({}, { observation: { phase: "Pending" }, trouble: failure })).toMatchObject({
      phase: "Pending",
      reason: "SandboxUnavailable",
    });
    expect(statusOf({ wanted: "Deleted" }, { trouble: failure })).toMatchObject({
      phase: "Deleting",
      message: "No bubblewrap",
    });
  });

  it("is Archived when it is stopped, and shows no earlier activity", () => {
    expect(statusOf({ wanted: "Archived", started: true }, running)).toMatchObject({
      phase: "Pending",
      activity: "Unknown",
    });
    const down = { ...running, observation: { phase: "Stopped" }, isConnected: false } as const;
    expect(statusOf({ wanted: "Archived", started: true }, down)).toMatchObject({
      phase: "Archived",
      activity: "Unknown",
    });
  });

  it("reports an agent that ended, without control characters", () => {
    const runner = {
      ...RUNNER,
      state: "Exited",
      activity: "Failed",
      message: "Ended\u001b]52;c;x\u0007 badly",
    } as const;
    expect(statusOf({ started: true }, { ...running, runner })).toMatchObject({
      phase: "Running",
      reason: "AgentExited",
      message: "Ended]52;c;x badly",
    });
  });

  it("reports the code of an agent that cannot start as the reason, and its hint before ours", () => {
    const runner = {
      ...RUNNER,
      state: "Exited",
      activity: "Failed",
      message: "No claude on the PATH",
      code: "AGENT_UNAVAILABLE",
      hint: "Install\u001b it",
    } as const;
    const next = "Run `clauderon logs web` to see its output, or `clauderon recreate web` to start it again";
    expect(statusOf({ started: true }, { ...running, runner })).toMatchObject({
      reason: "AgentUnavailable",
      message: "No claude on the PATH",
      hint: `Install it. ${next}`,
    });
    const newer = { ...runner, code: "OF_A_NEWER_RUNNER" };
    expect(statusOf({ started: true }, { ...running, runner: newer })).toMatchObject({ reason: "AgentExited" });
  });
});
