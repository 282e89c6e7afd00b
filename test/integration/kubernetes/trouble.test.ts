import { PODS } from "@clauderon/kube";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { RUNNING, setPodStatus, waiting } from "./podState.ts";
import { writeFileSync } from "node:fs";
import { backendOn, contextOf, POLL, sessionNamed, temporaryFile } from "../../kit/sessions/backendStage.ts";

const { api, client } = await useApiServer({ flags: ["--disable-admission-plugins=StorageObjectInUseProtection"] });
const namespace = "clauderon";
const PATIENT = { timeout: 60_000, interval: 50 };

beforeAll(async () => {
  await api.kubectl(["create", "namespace", namespace]);
});

async function up(backend: ReturnType<typeof backendOn>, name: string) {
  const session = sessionNamed(name);
  const done = backend.bringUp(session, contextOf().context);
  await expect
    .poll(async () => (await client.get(PODS, { namespace, name: `clauderon-${name}` }))?.metadata.uid, POLL)
    .toBeDefined();
  await setPodStatus(client, namespace, `clauderon-${name}`, RUNNING);
  await done;
  return session;
}

describe("an unreachable cluster", () => {
  it("a missing kubeconfig is reported by its sessions until the file exists", async () => {
    const kubeconfig = temporaryFile("kubeconfig", "");
    const backend = backendOn({ kubeconfig });
    const session = sessionNamed("early");
    expect(await backend.observe(session)).toMatchObject({ phase: "Error", reason: "KubeconfigInvalid" });
    await expect(backend.bringUp(session, contextOf().context)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    const told: string[] = [];
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const watching = backend.watch((name) => void told.push(name), stop.signal);
    writeFileSync(kubeconfig, await api.kubectl(["config", "view", "--raw", "--flatten"]));
    await expect.poll(() => told, PATIENT).toContain("early");
    expect(await backend.observe(session)).toMatchObject({ phase: "Missing" });
    stop.abort();
    await watching;
  });

  it("is reported as phase Error immediately, and recovers when the cluster is back", async () => {
    const backend = backendOn({ kubeconfig: api.kubeconfig });
    const session = await up(backend, "outage");
    const told: string[] = [];
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    void backend.watch((name) => void told.push(name), stop.signal);
    expect(await backend.observe(session)).toMatchObject({ phase: "Running" });
    const before = told.length;
    await api.kill();
    await expect
      .poll(() => backend.observe(session), PATIENT)
      .toMatchObject({ phase: "Error", reason: "ClusterUnavailable" });
    expect(told.slice(before)).toContain("outage");
    await expect(backend.remove(session, contextOf().context)).rejects.toMatchObject({ code: "CLUSTER_UNAVAILABLE" });
    expect(await backend.orphan(session)).toEqual([]); // its record says that nothing was made
    await api.restart();
    await expect(backend.orphan(session)).rejects.toMatchObject({ code: "USAGE" });
    await expect.poll(() => backend.observe(session), PATIENT).toMatchObject({ phase: "Running" });
    await setPodStatus(client, namespace, "clauderon-outage", waiting("CrashLoopBackOff", "back-off"));
    await expect
      .poll(() => backend.observe(session), PATIENT)
      .toMatchObject({ phase: "Pending", reason: "CrashLoopBackOff" });
  });
});

describe("watch", () => {
  it("reports a session when its pod changes, and no other session", async () => {
    const backend = backendOn({ kubeconfig: api.kubeconfig });
    const [one, other] = [await up(backend, "one"), await up(backend, "other")];
    await Promise.all([backend.observe(one), backend.observe(other)]);
    const told: string[] = [];
    const stop = new AbortController();
    const watching = backend.watch((name) => void told.push(name), stop.signal);
    await expect.poll(() => told, POLL).toEqual(["one", "other"]);
    await client.delete(PODS, { namespace, name: "clauderon-other" }, { gracePeriodSeconds: 0 });
    await expect.poll(() => told.slice(2), POLL).toContain("other");
    expect(told.slice(2)).not.toContain("one");
    // The first news of a pod that goes is that it is being deleted.
    await expect.poll(() => backend.observe(other), POLL).toMatchObject({ phase: "Stopped", reason: "NoPod" });
    stop.abort();
    await watching;
  });
});

describe("connect", () => {
  it("fails with AGENT_UNAVAILABLE without a pod, and says what to do", async () => {
    const backend = backendOn({ kubeconfig: api.kubeconfig });
    const { context } = contextOf();
    await expect(backend.connect(sessionNamed("nobody"), context.signal)).rejects.toMatchObject({
      code: "AGENT_UNAVAILABLE",
      hint: expect.stringContaining("clauderon recreate nobody"),
    });
  });
});
