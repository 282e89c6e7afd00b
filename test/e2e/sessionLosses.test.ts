import { expect, it, onTestFinished } from "vitest";
import { numbersOf } from "../integration/session/numberedLines.ts";
import { equipCluster, useCluster } from "../kit/cluster/index.ts";
import { PATIENCE, PodUser } from "./podUser.ts";

// Only on the kit's own cluster: the test must not stop components of a foreign cluster.
const cluster = await useCluster();
await equipCluster(cluster);
const namespace = await cluster.namespace("losses");

it("attach to a pod survives the loss of daemon, API server, pod and kubelet: no byte missing or doubled, the conversation continues, the status is true", async () => {
  const user = new PodUser(cluster, namespace);
  expect(await user.ok("create", "--name", "web", "--prompt", "say hello", "--detach")).toBe("web");
  const window = user.window(["attach", "web"]);
  await expect.poll(() => window.title, PATIENCE).toBe("web: ctrl-p ctrl-q to detach");
  const runner = await user.inPod("web", "pgrep -f 'clauderon-runner sessio[n]'");
  window.type("drip\r");
  await expect.poll(() => numbersOf(window).length, PATIENCE).toBeGreaterThan(100);

  // The daemon is killed.
  const daemon = await user.daemonPid();
  process.kill(daemon, "SIGKILL");
  await expect.poll(() => window.title, PATIENCE).toContain("connection lost");
  await expect.poll(() => window.title, PATIENCE).toBe("web: ctrl-p ctrl-q to detach");
  await user.untilStatus("web", { phase: "Running", activity: "Working" });
  expect(await user.daemonPid()).not.toBe(daemon);

  // The API server is away for a while.
  await cluster.stopComponent("apiserver");
  onTestFinished(() => cluster.startComponent("apiserver"));
  await user.untilStatus("web", { phase: "Error", reason: "ClusterUnavailable" });
  const meanwhile = numbersOf(window).length;
  await cluster.startComponent("apiserver");
  await user.untilStatus("web", { phase: "Running", activity: "Working" });
  await expect.poll(() => numbersOf(window).length, PATIENCE).toBeGreaterThan(meanwhile + 100);

  expect(await user.inPod("web", "pgrep -f 'clauderon-runner sessio[n]'")).toBe(runner);
  await user.ok("exec", "web", "--", "touch", "enough");
  await expect.poll(() => window.screen, PATIENCE).toMatch(/dripped \d+ lines/);
  const total = Number(/dripped (\d+) lines/.exec(window.screen)?.[1]);
  expect(numbersOf(window)).toEqual(Array.from({ length: total }, (_, index) => index));
  const { conversationId } = await user.status("web");

  // The pod is deleted.
  const pod = await user.podUid("web");
  await cluster.kubectl(["delete", "pod", "clauderon-web", `--namespace=${namespace}`, "--wait=false"]);
  await expect.poll(async () => ["", pod].includes(await user.podUid("web")), PATIENCE).toBe(false);
  await user.untilStatus("web", { phase: "Running", activity: "Idle" });
  await expect.poll(() => window.screen, PATIENCE).toContain(`resumed ${conversationId}`);
  window.type("shell ls\r");
  await expect.poll(() => window.screen, PATIENCE).toMatch(/^enough$/m);

  // The kubelet is stopped: the pod's state is unknown.
  await cluster.stopComponent("kubelet");
  onTestFinished(() => cluster.startComponent("kubelet"));
  await expect
    .poll(() => user.status("web"), PATIENCE)
    .toMatchObject({
      phase: "Pending",
      reason: expect.stringMatching(/^Node(NotReady|Lost)$/),
      hint: expect.any(String),
    });
  await cluster.startComponent("kubelet");
  await user.untilStatus("web", { phase: "Running", activity: "Idle" });
  // Typing during the reconnect rings the bell and is discarded.
  await expect.poll(() => window.title, PATIENCE).toBe("web: ctrl-p ctrl-q to detach");
  window.type("say still here\r");
  await expect.poll(() => window.screen, PATIENCE).toContain("still here");

  await user.ok("delete", "web");
  await expect.poll(() => window.exitCode, PATIENCE).toBe(0);
  expect(await user.objects("web")).toBe("");
}, 600_000);
