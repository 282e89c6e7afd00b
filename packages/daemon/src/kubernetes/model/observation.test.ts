import { describe, expect, it } from "vitest";
import type { LiveClaim, LiveEvent, LivePod } from "./objects.ts";
import { observation } from "./observation.ts";

const UID = "7b0c8b0e-0000-4000-8000-000000000001";
const labels = { "clauderon.dev/session-uid": UID };
const meta = { name: "clauderon-web", namespace: "clauderon", labels };

const claim = (phase = "Bound", metadata: object = {}): LiveClaim => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { ...meta, uid: "claim", ...metadata },
  status: { phase },
});

const pod = (status: LivePod["status"], metadata: object = {}): LivePod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { ...meta, uid: "pod", ...metadata },
  spec: {
    nodeName: "node-1",
    containers: [{ name: "agent", resources: { limits: { memory: "4Gi" } } }],
  },
  ...(status && { status }),
});

const event = (about: "claim" | "pod", reason: string, note: string, at = "2026-11-25T12:00:00Z"): LiveEvent => ({
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { name: `${reason}${at}`, creationTimestamp: at },
  eventTime: at,
  regarding: { uid: about, name: meta.name },
  reason,
  note,
});

const SCHEDULED = [{ type: "PodScheduled", status: "True" }];
const container = (state: object, more: object = {}) => [
  { name: "agent", image: "localhost/agent:1", imageID: "", ready: false, restartCount: 0, state, ...more },
];
const waits = (reason: string, message = "", more: object = {}) =>
  pod({
    phase: "Pending",
    conditions: SCHEDULED,
    containerStatuses: container({ waiting: { reason, message } }, more),
  });
const ended = (terminated: object, status: object = {}) =>
  pod({ phase: "Failed", containerStatuses: container({ terminated }), ...status });
const unscheduled = (message: string) =>
  pod({ phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] });
const running = (ready: string, metadata: object = {}) =>
  pod(
    {
      phase: "Running",
      conditions: [...SCHEDULED, { type: "Ready", status: ready }],
      containerStatuses: container({ running: { startedAt: "2026-11-25T12:00:00Z" } }),
    },
    metadata,
  );

const observe = (livePod: LivePod | undefined, events: readonly LiveEvent[] = [], liveClaim?: LiveClaim) =>
  observation({ uid: UID, namespace: "clauderon", claim: liveClaim ?? claim(), pod: livePod, events });

describe("observation of a pod that waits", () => {
  it.each<[string, LivePod, string, readonly [RegExp, RegExp]]>([
    [
      "a back-off",
      waits("ImagePullBackOff", "Back-off pulling"),
      "ImagePullBackOff",
      [/localhost\/agent:1.*Back-off pulling/, /image_pull_secrets/],
    ],
    [
      "a pull that failed",
      waits("ErrImagePull", "unauthorized"),
      "ImagePullBackOff",
      [/unauthorized/, /image_pull_secrets/],
    ],
    [
      "an image that may not be pulled",
      waits("ErrImageNeverPull", "not present"),
      "ErrImageNeverPull",
      [/not present/, /Load the image/],
    ],
    ["an invalid name", waits("InvalidImageName", "couldn't parse"), "InvalidImageName", [/couldn't parse/, /--image/]],
    [
      "too little of a node",
      unscheduled("0/1 nodes are available: 1 Insufficient cpu."),
      "Unschedulable",
      [/1 Insufficient cpu/, /--cpu-limit/],
    ],
    [
      "a claim nobody serves",
      unscheduled("pod has unbound immediate PersistentVolumeClaims."),
      "VolumeNotBound",
      [/unbound immediate/, /kubectl get storageclass/],
    ],
    [
      "a key that is missing",
      waits("CreateContainerConfigError", "couldn't find key"),
      "NotConfigured",
      [/couldn't find key/, /kubectl describe pod clauderon-web -n clauderon/],
    ],
    [
      "another program",
      waits("CreateContainerError", 'exec: "session": not found'),
      "StartFailed",
      [/"session": not found/, /clauderon-runner/],
    ],
    [
      "a crash loop",
      waits("CrashLoopBackOff", "back-off 20s", { lastState: { terminated: { exitCode: 3, reason: "Error" } } }),
      "CrashLoopBackOff",
      [/keeps ending: .*exit code 3/, /kubectl logs clauderon-web -n clauderon --previous/],
    ],
    [
      "a crash loop by memory",
      waits("CrashLoopBackOff", "back-off", { lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } }),
      "CrashLoopBackOff",
      [/needed more memory than its limit, 4Gi/, /--memory-limit/],
    ],
  ])("reports %s", (_what, livePod, reason, [message, hint]) => {
    expect(observe(livePod)).toEqual({
      phase: "Pending",
      pod: "clauderon/clauderon-web",
      reason,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it.each<[string, LiveEvent, string, RegExp]>([
    ["a mount", event("pod", "FailedMount", "no such secret"), "VolumeNotMounted", /no such secret/],
    ["an attachment", event("pod", "FailedAttachVolume", "Multi-Attach"), "VolumeNotMounted", /Multi-Attach/],
    ["a sandbox", event("pod", "FailedCreatePodSandBox", "no network"), "SandboxFailed", /no network/],
    [
      "provisioning",
      event("claim", "ProvisioningFailed", 'class "x" not found'),
      "VolumeNotBound",
      /class "x" not found/,
    ],
    [
      "no storage class at all",
      event("claim", "FailedBinding", "no storage class is set"),
      "VolumeNotBound",
      /no storage class is set/,
    ],
  ])("reads the cause of %s from events", (_what, cause, reason, message) => {
    const bound = cause.regarding?.uid === "claim" ? "Pending" : "Bound";
    expect(observe(waits("ContainerCreating"), [cause], claim(bound))).toMatchObject({
      phase: "Pending",
      reason,
      message: expect.stringMatching(message),
    });
  });

  it("accepts a claim that waits for its pod's node", () => {
    const wait = event("claim", "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
    const scheduling = pod({ phase: "Pending" });
    expect(observe(scheduling, [wait], claim("Pending"))).toMatchObject({ reason: "Scheduling" });
    expect(observe(scheduling, [wait], claim("Pending"))).not.toHaveProperty("hint");
  });

  it("uses the newest event and ignores those of an earlier pod", () => {
    const failed = event("pod", "FailedMount", "not yet", "2026-11-25T12:00:00Z");
    const pulling = event("pod", "Pulling", 'Pulling image "localhost/agent:1"', "2026-11-25T12:00:05Z");
    const creating = waits("ContainerCreating");
    expect(observe(creating, [pulling, failed])).toMatchObject({
      reason: "Pulling",
      message: expect.stringContaining("agent:1"),
    });
    const earlier = { ...failed, regarding: { uid: "earlier", name: meta.name } };
    expect(observe(creating, [earlier])).toMatchObject({ reason: "Starting", message: 'Starting on node "node-1"' });
  });
});

describe("observation of a pod that ended", () => {
  it.each<[string, LivePod, object]>([
    [
      "by eviction",
      pod({ phase: "Failed", reason: "Evicted", message: "low on memory" }),
      { reason: "Evicted", message: expect.stringContaining("low on memory") },
    ],
    [
      "by preemption",
      ended(
        { exitCode: 137 },
        { conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }] },
      ),
      { reason: "Evicted" },
    ],
    [
      "with its node",
      pod({ phase: "Failed", reason: "NodeLost" }),
      { reason: "NodeLost", message: expect.stringContaining('"node-1"') },
    ],
    ["out of memory", ended({ exitCode: 137, reason: "OOMKilled" }), { reason: "OutOfMemory", exitCode: 137 }],
    [
      "before it began",
      ended({ exitCode: 128, reason: "StartError", message: "no such file" }),
      { reason: "StartFailed" },
    ],
    [
      "by a signal",
      ended({ exitCode: 139 }),
      { reason: "RunnerFailed", message: expect.stringContaining("signal 11") },
    ],
    [
      "on request",
      pod({ phase: "Succeeded", containerStatuses: container({ terminated: { exitCode: 0 } }) }),
      { reason: "Ended", exitCode: 0 },
    ],
  ])("%s keeps its work", (_how, livePod, told) => {
    expect(observe(livePod)).toMatchObject({ phase: "Stopped", ...told });
  });
});

describe("observation of a session", () => {
  it("is Running when its container runs", () => {
    expect(observe(running("True"))).toEqual({ phase: "Running", pod: "clauderon/clauderon-web" });
  });

  it("is Running and says why its container was restarted", () => {
    const lastState = { terminated: { exitCode: 137, reason: "OOMKilled" } };
    const again = { ...running("True") };
    const containerStatuses = container({ running: {} }, { restartCount: 1, lastState });
    expect(observe({ ...again, status: { ...again.status, containerStatuses } })).toMatchObject({
      phase: "Running",
      reason: "OutOfMemory",
      message: expect.stringMatching(/^The container was restarted: .*its limit, 4Gi$/),
      hint: expect.stringContaining("--memory-limit"),
    });
  });

  it("looks at the agent's container, although a webhook has put another one before it", () => {
    const sidecar = { ...container({ running: {} })[0], name: "a-proxy" } as const;
    const killed = ended({ exitCode: 137, reason: "OOMKilled" });
    const [agent] = killed.status?.containerStatuses ?? [];
    const spec = { containers: [{ name: "a-proxy" }, ...(killed.spec?.containers ?? [])] };
    const status = { phase: "Running", conditions: SCHEDULED, containerStatuses: [sidecar, agent] };
    const crashed = { ...killed, spec, status: { ...status, phase: "Failed" } } as LivePod;
    expect(observe(crashed)).toMatchObject({
      reason: "OutOfMemory",
      message: expect.stringContaining("its limit, 4Gi"),
    });
    const waiting = { ...killed, spec, status: { ...status, containerStatuses: [sidecar] } } as LivePod;
    expect(observe(waiting).phase).toBe("Pending");
  });

  it.each([
    ["a sidecar's probe fails", "ContainersNotReady", "containers with unready status: [a-proxy]"],
    ["a load balancer's gate is not open", "ReadinessGatesNotReady", "the status of pod readiness gate is False"],
  ])("is Running while its kubelet says that the pod is not ready, because %s", (_, reason, message) => {
    const conditions = [...SCHEDULED, { type: "Ready", status: "False", reason, message }];
    const unready = { ...running("True"), status: { ...running("True").status, conditions } };
    expect(observe(unready)).toEqual({ phase: "Running", pod: "clauderon/clauderon-web" });
  });

  it("waits for a node that does not respond and says what to do if it stays away", () => {
    expect(observe(running("False"))).toMatchObject({
      phase: "Pending",
      reason: "NodeNotReady",
      message: expect.stringContaining('"node-1"'),
      hint: expect.stringContaining("kubectl delete pod clauderon-web -n clauderon --force"),
    });
    const deleted = { deletionTimestamp: "2026-11-25T12:05:00Z" };
    const lost = running("False", deleted);
    const taint = { type: "DisruptionTarget", status: "True", reason: "DeletionByTaintManager" };
    const conditions = [...(lost.status?.conditions ?? []), taint];
    expect(observe({ ...lost, status: { ...lost.status, conditions } })).toMatchObject({
      phase: "Pending",
      reason: "NodeLost",
      hint: expect.stringContaining("--force"),
    });
  });

  it("is Pending while its pod is being deleted, and Stopped without a pod", () => {
    expect(observe(running("True", { deletionTimestamp: "2026-11-25T12:05:00Z" }))).toMatchObject({
      phase: "Pending",
      reason: "PodDeleted",
    });
    expect(observe(undefined)).toMatchObject({ phase: "Stopped", reason: "NoPod" });
  });

  it("is Missing without its volume, whatever the pod does", () => {
    const without = { uid: UID, namespace: "clauderon", claim: undefined, pod: running("True"), events: [] };
    expect(observation(without)).toMatchObject({ phase: "Missing", reason: "VolumeMissing" });
    expect(observe(running("True"), [], claim("Bound", { deletionTimestamp: "2026-11-25T12:00:00Z" }))).toMatchObject({
      phase: "Missing",
      reason: "VolumeDeleted",
    });
  });

  it("does not use another session's objects", () => {
    const other = { labels: { "clauderon.dev/session-uid": "another" } };
    expect(observe(running("True"), [], claim("Bound", other))).toMatchObject({ phase: "Missing" });
    expect(observe(running("True", other))).toMatchObject({ phase: "Stopped" });
  });
});
