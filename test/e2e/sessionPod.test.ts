import type { Duplex } from "node:stream";
import { controlFrame, encodeFrame, FrameDecoder, readRunnerMessage, type RunnerMessage } from "@clauderon/protocol";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { SessionRecord } from "../../packages/daemon/src/backend.ts";
import { AGENT_IMAGE } from "../kit/cluster/projectImages.ts";
import { backendOn, contextOf, sessionNamed } from "../kit/sessions/backendStage.ts";
import { useNamespace } from "./useNamespace.ts";

// The Kubernetes backend alone, without daemon and command: real kubelet, scheduler, volumes and runner.
const { cluster, namespace } = await useNamespace("sessions");
const options = {
  kubeconfig: cluster.kubeconfig,
  namespace,
  image: AGENT_IMAGE,
  pullPolicy: "Never" as const,
  storageSize: "64Mi",
};
const backend = backendOn(options);
const PATIENCE = { timeout: 90_000, interval: 100 };

const get = async (what: string, name: string, output: string): Promise<string> =>
  cluster.kubectl(["get", what, name, "--namespace", namespace, "--ignore-not-found", `--output=${output}`]);
const everythingOf = (name: string) =>
  cluster.kubectl(["get", "pods,pvc,configmaps,secrets", "-n", namespace, "-l", `session=${name}`, "-o", "name"]);

beforeAll(async () => {
  await cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
});

function messagesOf(stream: Duplex): RunnerMessage[] {
  const [messages, decoder] = [[] as RunnerMessage[], new FrameDecoder()];
  stream.on("data", (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      const message = frame.type === "control" ? readRunnerMessage(frame.bytes) : undefined;
      if (message !== undefined) messages.push(message);
    }
  });
  return messages;
}

async function connected(session: SessionRecord) {
  const { context } = contextOf();
  const stream = await backend.connect(session, context.signal);
  onTestFinished(() => void stream.destroy());
  const failed = Promise.withResolvers<unknown>();
  stream.on("error", failed.resolve).on("close", () => failed.resolve(undefined));
  return { stream, messages: messagesOf(stream), ended: failed.promise };
}

describe("a session's pod", () => {
  it("starts where Pod Security restricted is enforced, answers, is halted with its volume kept, and is deleted completely", async () => {
    const session = sessionNamed("whole");
    const { context, steps } = contextOf({ ANTHROPIC_API_KEY: "sesame" });
    await backend.bringUp(session, context);
    expect(steps.slice(0, 2)).toEqual(["Creating the volume", "Creating the pod"]);
    const first = await connected(session);
    await expect
      .poll(() => first.messages, PATIENCE)
      .toMatchObject([
        { type: "hello", session: "whole" },
        { type: "status", state: "Waiting" },
      ]);
    const volume = await get("pvc", "clauderon-whole", "jsonpath={.metadata.uid}");
    await cluster.kubectl(["exec", "-n", namespace, "clauderon-whole", "--", "touch", "/workspace/kept"]);
    await backend.halt(session, contextOf().context);
    // The connection is closed, not left hanging.
    await first.ended;
    expect(await get("pod", "clauderon-whole", "name")).toBe("");
    expect(await backend.observe(session)).toMatchObject({ phase: "Stopped" });

    await backend.bringUp(session, contextOf({ ANTHROPIC_API_KEY: "sesame" }).context);
    expect(await get("pvc", "clauderon-whole", "jsonpath={.metadata.uid}")).toBe(volume);
    await cluster.kubectl(["exec", "-n", namespace, "clauderon-whole", "--", "test", "-f", "/workspace/kept"]);
    const second = await connected(session);
    await expect.poll(() => second.messages[0], PATIENCE).toMatchObject({ type: "hello" });

    await backend.remove(session, contextOf().context);
    expect((await everythingOf("whole")).trim()).toBe("");
  });

  it("continues after its container is killed, and the connection reports it", async () => {
    const session = sessionNamed("killed");
    await backend.bringUp(session, contextOf().context);
    const { messages, ended } = await connected(session);
    await expect.poll(() => messages.length, PATIENCE).toBe(2);
    // tini is PID 1 and passes it on.
    await cluster.kubectl([
      "exec",
      "-n",
      namespace,
      "clauderon-killed",
      "--",
      "bash",
      "-c",
      "kill -9 $(pgrep -f 'clauderon-runner sessio[n]')",
    ]);
    await ended;
    const restarts = "jsonpath={.status.containerStatuses[0].restartCount}";
    await expect.poll(() => get("pod", "clauderon-killed", restarts), PATIENCE).toBe("1");
    await backend.bringUp(session, contextOf().context);
    const again = await connected(session);
    await expect.poll(() => again.messages[0], PATIENCE).toMatchObject({ type: "hello", session: "killed" });
    await backend.remove(session, contextOf().context);
  });

  it("is recreated on its volume after it was deleted", async () => {
    const session = sessionNamed("deleted");
    await backend.bringUp(session, contextOf().context);
    await cluster.kubectl(["exec", "-n", namespace, "clauderon-deleted", "--", "touch", "/workspace/kept"]);
    await cluster.kubectl(["delete", "pod", "-n", namespace, "clauderon-deleted", "--wait=false"]);
    await expect
      .poll(() => backend.observe(session), PATIENCE)
      .toMatchObject({ phase: "Pending", reason: "PodDeleted" });
    await backend.bringUp(session, contextOf().context);
    await cluster.kubectl(["exec", "-n", namespace, "clauderon-deleted", "--", "test", "-f", "/workspace/kept"]);
    await backend.remove(session, contextOf().context);
  });

  it("ends immediately on a stop message although a connection is open, and stays stopped", async () => {
    const session = sessionNamed("told");
    await backend.bringUp(session, contextOf().context);
    const { stream, messages } = await connected(session);
    await expect.poll(() => messages.length, PATIENCE).toBe(2);
    stream.write(encodeFrame(controlFrame(0, { type: "stop", id: 1 })));
    await expect.poll(() => backend.observe(session), PATIENCE).toMatchObject({ phase: "Stopped", reason: "Ended" });
    await backend.remove(session, contextOf().context);
  });

  it("starts for ten sessions at once, and the manual clean-up commands leave nothing of them", async () => {
    const sessions = Array.from({ length: 10 }, (_, at) => sessionNamed(`task-${at}`));
    await Promise.all(sessions.map((session) => backend.bringUp(session, contextOf({ TOKEN: "t" }).context)));
    const listed = await cluster.kubectl(["get", "pods,pvc", "-n", namespace, "-l", "app=clauderon", "-o", "name"]);
    for (const { name } of sessions) {
      expect(listed).toContain(`pod/clauderon-${name}\n`);
      expect(listed).toContain(`persistentvolumeclaim/clauderon-${name}\n`);
    }
    const removals = sessions.map(async ({ name }) => {
      await cluster.kubectl(["delete", "pod,pvc", "-n", namespace, "-l", `session=${name}`]);
      // ConfigMap and Secret are deleted with their owner.
      await expect.poll(async () => (await everythingOf(name)).trim(), PATIENCE).toBe("");
    });
    await Promise.all(removals);
  });
});

describe("a pod that cannot start", () => {
  it.each([
    ["image", { image: "localhost/nowhere:1", pullPolicy: "Never" as const }, {}, "ErrImageNeverPull"],
    ["registry", { image: "registry.invalid/nowhere:1", pullPolicy: "Always" as const }, {}, "ImagePullBackOff"],
    ["volume", {}, { storageClass: "no-such-class" }, "VolumeNotBound"],
    ["program", { image: "localhost/base:1" }, {}, "StartFailed"],
  ])("reports its cause when the %s is missing, and is removed", async (what, spec, settings, reason) => {
    const session = sessionNamed(`no-${what}`, spec);
    const other = backendOn({ ...options, ...settings });
    const { context, abort } = contextOf();
    const done = other.bringUp(session, context).catch((thrown: unknown) => thrown);
    await expect
      .poll(() => other.observe(session), PATIENCE)
      .toMatchObject({ phase: "Pending", reason, hint: expect.any(String) });
    abort(new Error("enough"));
    await done;
    await other.remove(session, contextOf().context);
    expect((await everythingOf(session.name)).trim()).toBe("");
  });

  it("reports the scheduler's words when no node fits", async () => {
    const node = await cluster.kubectl(["get", "nodes", "-o", "name"]);
    await cluster.kubectl(["cordon", node.trim()]);
    onTestFinished(async () => void (await cluster.kubectl(["uncordon", node.trim()])));
    const session = sessionNamed("no-room");
    const { context, abort } = contextOf();
    const done = backend.bringUp(session, context).catch((thrown: unknown) => thrown);
    await expect
      .poll(() => backend.observe(session), PATIENCE)
      .toMatchObject({ reason: "Unschedulable", message: expect.stringContaining("were unschedulable") });
    abort(new Error("enough"));
    await done;
    await backend.remove(session, contextOf().context);
  });
});
