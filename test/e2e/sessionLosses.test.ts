import { expect, it, onTestFinished } from "vitest";
import { numbersOf } from "../integration/session/numberedLines.ts";
import { PodUser } from "./podUser.ts";
import { PATIENCE, useNamespace } from "./useNamespace.ts";

// Only on the kit's own cluster: the test must not stop components of a foreign cluster.
const { cluster, namespace } = await useNamespace("losses");

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

it("a pod session whose volume is lost in the middle continues from what was fetched, and nothing that was fetched is gone", async () => {
  const user = new PodUser(cluster, namespace);
  expect(await user.ok("create", "--name", "volume", "--prompt", "say hello", "--detach")).toBe("volume");
  await user.untilStatus("volume", { phase: "Running", activity: "Idle", turns: 1 });
  await user.inPod(
    "volume",
    "echo one > one && git add one && git -c user.name=A -c user.email=a@example.com commit --quiet --message 'From the pod'",
  );
  await user.inPod("volume", "echo staged > staged && git add staged && echo more >> one && echo new > untracked");
  await user.ok("pull", "volume");
  const state = "git rev-parse HEAD && git status --porcelain && git write-tree && cat one untracked";
  const before = await user.inPod("volume", state);
  const work = user.git("rev-parse", "refs/clauderon/sessions/volume/work").trim();
  const fetched = [work, user.git("rev-parse", "clauderon/volume").trim()];

  await cluster.kubectl(["delete", "pvc", "clauderon-volume", `--namespace=${namespace}`, "--wait=false"]);
  await cluster.kubectl(["delete", "pod", "clauderon-volume", `--namespace=${namespace}`, "--wait=false"]);
  await user.untilStatus("volume", { phase: "Missing" });
  await user.ok("recreate", "volume");
  await user.untilStatus("volume", { phase: "Running", activity: "Idle", turns: 0 });
  expect(await user.inPod("volume", state)).toBe(before);
  expect((await user.status("volume")).notices).toContainEqual(
    expect.stringContaining("refs/clauderon/rescued/volume"),
  );

  // The count of turns began again, and the first turn is fetched.
  await user.inPod(
    "volume",
    "git -c user.name=A -c user.email=a@example.com commit --quiet --all --message 'After the loss'",
  );
  const head = (await user.inPod("volume", "git rev-parse HEAD")).trim();
  await user.ok("send", "volume", "say again");
  await expect.poll(() => user.git("rev-parse", "clauderon/volume").trim(), PATIENCE).toBe(head);

  await user.ok("delete", "volume");
  for (const commit of fetched) user.git("merge-base", "--is-ancestor", commit, "refs/clauderon/rescued/volume");
  expect(user.git("rev-parse", "refs/clauderon/rescued/volume").trim()).toBe(work);
  expect(await user.objects("volume")).toBe("");
}, 600_000);
