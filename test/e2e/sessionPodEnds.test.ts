import { expect, it } from "vitest";
import { startCli } from "../integration/cli/cliProcess.ts";
import { PodUser } from "./podUser.ts";
import { PATIENCE, useNamespace } from "./useNamespace.ts";

const { cluster, namespace } = await useNamespace("ends");

/** A user whose agent has written a file, with a watch on all states of the sessions. */
async function userWithWork(name: string, ...flags: readonly string[]) {
  const user = new PodUser(cluster, namespace);
  await user.ok("create", "--name", name, "--prompt", "shell echo kept > kept", "--detach", ...flags);
  await user.untilStatus(name, { phase: "Running", activity: "Idle", turns: 1 });
  const { conversationId = "none" } = await user.status(name);
  const told = startCli(["list", "--watch", "--json"], user.options());
  return { user, conversationId, told };
}

async function expectGoesOn(user: PodUser, name: string): Promise<void> {
  expect(await user.inPod(name, "cat kept")).toBe("kept\n");
  await user.ok("send", name, "say still here");
  await expect.poll(async () => (await user.status(name)).turns, PATIENCE).toBeGreaterThan(0);
  await user.untilStatus(name, { phase: "Running", activity: "Idle" });
  await user.ok("delete", name);
  expect(await user.objects(name)).toBe("");
  expect(user.git("show", `refs/clauderon/rescued/${name}:kept`)).toBe("kept");
}

it("a session that exceeds its memory limit reports it and continues where it was", async () => {
  const { user, conversationId } = await userWithWork("hungry", "--memory-limit", "256Mi");
  const pod = await user.podUid("hungry");
  // Many processes take a little each, and the kernel must choose the runner, as newer kernels choose every process in the container.
  const command =
    "for pid in $(pgrep -f 'clauderon-runner sessio[n]'); do echo 1000 > /proc/$pid/oom_score_adj; done; " +
    "for part in $(seq 40); do (head -c 10M /dev/zero; sleep 60) | tail > /dev/null & done; wait";
  await user.ok("send", "hungry", `shell ${command}`);
  await user.untilStatus("hungry", { phase: "Running", activity: "Idle", reason: "OutOfMemory", conversationId });
  expect(await user.status("hungry")).toMatchObject({
    message: expect.stringContaining("more memory than its limit, 256Mi") as unknown,
    hint: expect.stringContaining("--memory-limit") as unknown,
  });
  expect(await user.podUid("hungry")).toBe(pod);
  await expectGoesOn(user, "hungry");
});

it("a session whose pod is evicted reports it and restarts on its volume", async () => {
  const { user, conversationId, told } = await userWithWork("evicted");
  const pod = await user.podUid("evicted");
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "clauderon-evicted", namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/clauderon-evicted/eviction`;
  await cluster.kubectl(["create", `--raw=${path}`, "--filename=-"], JSON.stringify(eviction));
  await expect.poll(async () => ["", pod].includes(await user.podUid("evicted")), PATIENCE).toBe(false);
  await user.untilStatus("evicted", { phase: "Running", activity: "Idle", conversationId });
  expect(told.stdout()).toMatch(/"reason":"Evicted","message":"The cluster ended the pod: [^"]+"/);
  await expectGoesOn(user, "evicted");
});
