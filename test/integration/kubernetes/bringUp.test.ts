import { Fault } from "@clauderon/base";
import { CONFIG_MAPS, PERSISTENT_VOLUME_CLAIMS, PODS, SECRETS } from "@clauderon/kube";
import { beforeAll, describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { failed, RUNNING, setPodStatus, waiting } from "./podState.ts";
import { backendOn, contextOf, POLL, recorded, sessionNamed } from "../../kit/sessions/backendStage.ts";

// No controller empties a claim's finalizer here, so the server is configured not to set it.
const { api, client } = await useApiServer({ flags: ["--disable-admission-plugins=StorageObjectInUseProtection"] });
const backend = backendOn({ kubeconfig: api.kubeconfig });
const namespace = "clauderon";

beforeAll(async () => {
  await api.kubectl(["create", "namespace", namespace]);
});

const ref = ({ name }: SessionRecord) => ({ namespace, name: `clauderon-${name}` });

async function objectsOf(session: SessionRecord) {
  const [claim, configMap, secret, pod] = await Promise.all([
    client.get(PERSISTENT_VOLUME_CLAIMS, ref(session)),
    client.get(CONFIG_MAPS, ref(session)),
    client.get(SECRETS, ref(session)),
    client.get(PODS, ref(session)),
  ]);
  return { claim, configMap, secret, pod };
}

/** Brings a session up, playing the kubelet for it. */
async function up(session: SessionRecord, credentials: Readonly<Record<string, string>> = {}) {
  const { context, steps } = contextOf(credentials);
  const done = backend.bringUp(session, context);
  await expect.poll(async () => (await objectsOf(session)).pod?.metadata.uid, POLL).toBeDefined();
  await setPodStatus(client, namespace, `clauderon-${session.name}`, RUNNING);
  await done;
  return { ...(await objectsOf(session)), steps };
}

describe("bringUp", () => {
  it("ends when the claim is deleted meanwhile, instead of creating pods without a volume", async () => {
    const session = sessionNamed("undermined");
    const done = backend.bringUp(session, contextOf().context);
    await expect.poll(async () => (await objectsOf(session)).pod?.metadata.uid, POLL).toBeDefined();
    await api.kubectl(["delete", "pvc,pod", "-n", namespace, "-l", "session=undermined", "--force"]);
    await done;
    expect((await objectsOf(session)).claim).toBeUndefined();
    await expect.poll(() => backend.observe(session), POLL).toMatchObject({ phase: "Missing" });
  });

  it("creates claim, ConfigMap, Secret and pod with the documented labels, all owned by the claim", async () => {
    const session = sessionNamed("objects");
    const { claim, configMap, secret, pod } = await up(session, { ANTHROPIC_API_KEY: "sesame" });
    const labels = {
      app: "clauderon",
      session: "objects",
      "app.kubernetes.io/managed-by": "clauderon",
      "clauderon.dev/session-uid": session.uid,
    };
    for (const object of [claim, configMap, secret, pod]) expect(object?.metadata.labels).toEqual(labels);
    const owner = { apiVersion: "v1", kind: "PersistentVolumeClaim", name: "clauderon-objects" };
    for (const object of [configMap, secret, pod]) {
      expect(object?.metadata.ownerReferences).toEqual([{ ...owner, uid: claim?.metadata.uid }]);
    }
    expect(claim?.metadata.annotations).toMatchObject({ "clauderon.dev/session": JSON.stringify(recorded(session)) });
    expect(secret?.data).toEqual({ ANTHROPIC_API_KEY: Buffer.from("sesame").toString("base64") });
    expect(JSON.stringify([claim, configMap, pod])).not.toContain("sesame");
    expect(JSON.parse(String(configMap?.data?.["session.json"]))).toMatchObject({
      session: "objects",
      workingDirectory: "/workspace/project",
      autostart: false,
      credentialVariables: ["ANTHROPIC_API_KEY"],
    });
    expect(await backend.observe(session)).toEqual({ phase: "Running", pod: "clauderon/clauderon-objects" });
  });

  it("changes nothing when it is repeated", async () => {
    const session = sessionNamed("again");
    const before = await up(session, { TOKEN: "t" });
    const { context } = contextOf({ TOKEN: "t" });
    await backend.bringUp(session, context);
    await backendOn({ kubeconfig: api.kubeconfig }).bringUp(session, context);
    expect(await objectsOf(session)).toEqual({
      claim: before.claim,
      configMap: before.configMap,
      secret: before.secret,
      pod: before.pod,
    });
  });

  it("continues from any point where it was killed", async () => {
    const session = sessionNamed("cut");
    const first = await up(session);
    await Promise.all([CONFIG_MAPS, SECRETS].map((resource) => client.delete(resource, ref(session))));
    const second = await up(session);
    expect(second.claim).toEqual(first.claim);
    expect(second.pod?.metadata.uid).toBe(first.pod?.metadata.uid);
    expect(second.secret).toBeDefined();
    expect(second.configMap?.data).toEqual(first.configMap?.data);
  });

  it("shows the command to run when the namespace is missing", async () => {
    const elsewhere = backendOn({ kubeconfig: api.kubeconfig, namespace: "nowhere" });
    const session = sessionNamed("lost");
    expect(await elsewhere.bringUp(session, contextOf().context).catch((thrown: unknown) => thrown)).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining('"nowhere"'),
      hint: "kubectl create namespace nowhere",
    });
  });

  it("touches nothing of another user's session of the same name", async () => {
    const theirs = sessionNamed("taken");
    const before = await up(theirs);
    const ours = sessionNamed("taken");
    await expect(backend.bringUp(ours, contextOf().context)).rejects.toMatchObject({ code: "SESSION_EXISTS" });
    await backend.remove(ours, contextOf().context);
    expect(await objectsOf(theirs)).toMatchObject({ claim: before.claim, pod: before.pod, secret: before.secret });
  });

  it.each([CONFIG_MAPS, SECRETS])("touches no foreign $kind", async (resource) => {
    const session = sessionNamed(`foreign-${resource.plural}`);
    const theirs = { apiVersion: "v1", kind: resource.kind, metadata: ref(session), data: { a: "Yg==" } };
    await client.create(resource, theirs);
    await expect(backend.bringUp(session, contextOf().context)).rejects.toMatchObject({
      code: "SESSION_EXISTS",
      message: expect.stringContaining(`${resource.kind} "clauderon-${session.name}"`),
    });
    await backend.remove(session, contextOf().context);
    expect(await client.get(resource, ref(session))).toMatchObject({ data: { a: "Yg==" } });
  });

  it("lets exactly one of two machines create a session of the same name", async () => {
    const other = backendOn({ kubeconfig: api.kubeconfig });
    const outcomes = await Promise.all(
      [backend, other].map(async (one) => {
        const session = sessionNamed("race");
        const { context, abort } = contextOf();
        const done = one.bringUp(session, context).catch((thrown: unknown) => thrown);
        await expect.poll(async () => (await objectsOf(session)).pod?.metadata.uid, POLL).toBeDefined();
        abort(new Error("enough"));
        return done;
      }),
    );
    expect(outcomes.map((end) => (end instanceof Fault ? end.code : "has it")).toSorted()).toEqual([
      "SESSION_EXISTS",
      "has it",
    ]);
  });

  it("starts ten sessions at once", async () => {
    const sessions = Array.from({ length: 10 }, (_, at) => sessionNamed(`many-${at}`));
    const all = await Promise.all(sessions.map((session) => up(session)));
    expect(new Set(all.map(({ claim }) => claim?.metadata.uid)).size).toBe(10);
    expect(all.every(({ pod }) => pod?.status?.phase === "Running")).toBe(true);
  });

  it("waits, reports the cause, and never gives up by itself", async () => {
    const session = sessionNamed("slow");
    const { context, steps, abort } = contextOf();
    const done = backend.bringUp(session, context).catch((thrown: unknown) => thrown);
    await expect.poll(async () => (await objectsOf(session)).pod?.metadata.uid, POLL).toBeDefined();
    await setPodStatus(client, namespace, "clauderon-slow", waiting("ImagePullBackOff", "Back-off pulling image"));
    await expect
      .poll(() => steps.at(-1), POLL)
      .toMatch(/image.*cannot be pulled: Back-off pulling image.*image_pull_secrets/);
    expect(await backend.observe(session)).toMatchObject({ phase: "Pending", reason: "ImagePullBackOff" });
    await setPodStatus(client, namespace, "clauderon-slow", waiting("ContainerCreating"));
    abort(new Error("enough"));
    expect(await done).toEqual(new Error("enough"));
  });

  it("replaces a pod that was evicted, on the same volume", async () => {
    const session = sessionNamed("evicted");
    const first = await up(session);
    await setPodStatus(client, namespace, "clauderon-evicted", failed("Evicted", "The node was low on memory"));
    await expect
      .poll(() => backend.observe(session), POLL)
      .toMatchObject({ phase: "Stopped", reason: "Evicted", message: expect.stringContaining("low on memory") });
    const { context } = contextOf();
    const done = backend.bringUp(session, context);
    await expect
      .poll(async () => (await objectsOf(session)).pod?.metadata.uid ?? first.pod?.metadata.uid, POLL)
      .not.toBe(first.pod?.metadata.uid);
    await setPodStatus(client, namespace, "clauderon-evicted", RUNNING);
    await done;
    expect((await objectsOf(session)).claim).toEqual(first.claim);
  });

  it("reports a quota in the server's own words", async () => {
    await api.kubectl(["create", "namespace", "full"]);
    await api.kubectl(["create", "quota", "small", "--hard=persistentvolumeclaims=0", "-n", "full"]);
    const amounts = { persistentvolumeclaims: "0" };
    const status = JSON.stringify({ status: { hard: amounts, used: amounts } });
    // No controller counts here.
    await api.kubectl(["patch", "quota", "small", "-n", "full", "--subresource=status", "--type=merge", "-p", status]);
    const quota = backendOn({ kubeconfig: api.kubeconfig, namespace: "full" });
    await expect(quota.bringUp(sessionNamed("big"), contextOf().context)).rejects.toMatchObject({
      code: "CLUSTER_REFUSED",
      message: expect.stringMatching(/Cannot create PersistentVolumeClaim "clauderon-big".*exceeded quota: small/),
      hint: expect.stringContaining("resourcequota"),
    });
  });

  it("is let into a namespace that enforces Pod Security level restricted", async () => {
    await api.kubectl(["create", "namespace", "strict"]);
    await api.kubectl(["label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted"]);
    const strict = backendOn({ kubeconfig: api.kubeconfig, namespace: "strict" });
    const done = strict.bringUp(sessionNamed("safe"), contextOf().context);
    const pod = { namespace: "strict", name: "clauderon-safe" };
    await expect.poll(async () => (await client.get(PODS, pod))?.metadata.uid, POLL).toBeDefined();
    await setPodStatus(client, "strict", "clauderon-safe", RUNNING);
    await done;
  });
});

describe("halt", () => {
  it("deletes the pod, returns when it is gone, and keeps the volume and the session's other objects", async () => {
    const session = sessionNamed("halted");
    const before = await up(session);
    await backend.halt(session, contextOf().context);
    expect(await objectsOf(session)).toEqual({ ...before, steps: undefined, pod: undefined });
    expect(await backend.observe(session)).toMatchObject({ phase: "Stopped" });
    const after = await up(session);
    expect(after.claim).toEqual(before.claim);
    await backend.halt(session, contextOf().context);
    await backend.halt(session, contextOf().context);
  });
});

describe("remove", () => {
  it("leaves nothing, from every state, and succeeds when nothing exists", async () => {
    const session = sessionNamed("removed");
    await up(session, { TOKEN: "t" });
    await backend.remove(session, contextOf().context);
    const nothing = { claim: undefined, configMap: undefined, secret: undefined, pod: undefined };
    expect(await objectsOf(session)).toEqual(nothing);
    expect(await backend.observe(session)).toMatchObject({ phase: "Missing", reason: "VolumeMissing" });
    await backend.remove(session, contextOf().context);

    const half = sessionNamed("half");
    await up(half);
    await client.delete(PERSISTENT_VOLUME_CLAIMS, ref(half));
    await backend.remove(half, contextOf().context);
    expect(await objectsOf(half)).toEqual(nothing);
  });

  it("finds recently created objects that the caches do not know yet", async () => {
    const session = sessionNamed("moment");
    const { context, abort } = contextOf();
    const done = backend.bringUp(session, context).catch(() => undefined);
    await expect.poll(async () => (await objectsOf(session)).pod?.metadata.uid, POLL).toBeDefined();
    abort(new Error("enough"));
    await backendOn({ kubeconfig: api.kubeconfig }).remove(session, contextOf().context);
    await done;
    expect((await objectsOf(session)).claim).toBeUndefined();
  });

  it("waits until the pod is gone before it deletes the volume", async () => {
    const session = sessionNamed("holding");
    await up(session);
    await client.patch(PODS, ref(session), { metadata: { finalizers: ["test.example.com/hold"] } });
    const { context, steps } = contextOf();
    const done = backend.remove(session, context);
    await expect.poll(async () => (await objectsOf(session)).pod?.metadata.deletionTimestamp, POLL).toBeDefined();
    expect((await objectsOf(session)).claim?.metadata.deletionTimestamp).toBeUndefined();
    await client.patch(PODS, ref(session), { metadata: { finalizers: null } });
    await done;
    expect(steps).toEqual(['Stopping the pod "clauderon-holding"', 'Removing the volume "clauderon-holding"']);
  });
});
