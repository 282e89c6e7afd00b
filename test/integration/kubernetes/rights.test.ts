import { join } from "node:path";
import { EVENTS, PODS } from "@clauderon/kube";
import { beforeAll, describe, expect, it } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { RUNNING, setPodStatus, waiting } from "./podState.ts";
import { backendOn, contextOf, kubeconfigOf, POLL, recorded, sessionNamed } from "../../kit/sessions/backendStage.ts";

// A user who has only the documented Role.
const ROLE = join(import.meta.dirname, "../../../docs/kubernetes-role.yaml");
const { api, client } = await useApiServer({ flags: ["--disable-admission-plugins=StorageObjectInUseProtection"] });
const namespace = "clauderon";

beforeAll(async () => {
  await api.kubectl(["create", "namespace", namespace]);
  for (const user of ["me", "nobody"]) await api.kubectl(["create", "serviceaccount", user, "-n", namespace]);
  await api.kubectl(["apply", "-n", namespace, "-f", ROLE]);
  const binding = ["rolebinding", "me", "-n", namespace, "--role=clauderon-daemon", `--serviceaccount=${namespace}:me`];
  await api.kubectl(["create", ...binding]);
});

async function backendOf(user: string) {
  return backendOn({ kubeconfig: await kubeconfigOf(api, namespace, user) });
}

describe("a user with the documented Role", () => {
  it("can do all that sessions need, and sees why a pod waits", async () => {
    const backend = await backendOf("me");
    const session = sessionNamed("mine");
    const place = { namespace, name: "clauderon-mine" };
    const done = backend.bringUp(session, contextOf({ TOKEN: "t" }).context);
    await expect.poll(async () => (await client.get(PODS, place))?.metadata.uid, POLL).toBeDefined();
    await setPodStatus(client, namespace, place.name, waiting("ContainerCreating"));
    await client.create(EVENTS, {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { namespace, name: "mount" },
      eventTime: "2026-11-25T12:00:00.000000Z",
      reportingController: "kubelet",
      reportingInstance: "node",
      action: "Mount",
      type: "Warning",
      reason: "FailedMount",
      note: "MountVolume.SetUp failed",
      regarding: { kind: "Pod", ...place, uid: (await client.get(PODS, place))?.metadata.uid ?? "" },
    });
    await expect
      .poll(() => backend.observe(session), POLL)
      .toMatchObject({ reason: "VolumeNotMounted", message: expect.stringContaining("MountVolume.SetUp failed") });
    await setPodStatus(client, namespace, place.name, RUNNING);
    await done;
    await backend.bringUp(session, contextOf({ TOKEN: "other" }).context);
    // There is no kubelet to answer: what counts is that the server asked for one.
    const refused = await backend.connect(session, contextOf().context.signal).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: "AGENT_UNAVAILABLE", message: expect.not.stringContaining("forbidden") });
    await backend.halt(session, contextOf().context);
    expect(await backend.orphans([session], new Set())).toEqual([]);
    expect(await backend.adoptable([])).toEqual([recorded(session)]);
    await backend.remove(session, contextOf().context);
    expect(await backend.observe(session)).toMatchObject({ phase: "Missing" });
  });
});

describe("a user without rights", () => {
  it("gets an error that names the Role, instead of waiting forever", async () => {
    const backend = await backendOf("nobody");
    const session = sessionNamed("none");
    const refusal = {
      message: expect.stringContaining("forbidden"),
      hint: expect.stringContaining("docs/kubernetes.md"),
    };
    expect(await backend.observe(session)).toMatchObject({ phase: "Error", reason: "ClusterRefused", ...refusal });
    await expect(backend.bringUp(session, contextOf().context)).rejects.toMatchObject({
      code: "CLUSTER_REFUSED",
      ...refusal,
    });
  });
});
