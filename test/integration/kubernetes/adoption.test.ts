import { PERSISTENT_VOLUME_CLAIMS, PODS } from "@clauderon/kube";
import { beforeAll, describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { claimOf } from "../../../packages/daemon/src/kubernetes/model/objects.ts";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { failed, RUNNING, setPodStatus } from "./podState.ts";
import { backendOn, contextOf, kubeconfigOf, POLL, recorded, sessionNamed } from "../../kit/sessions/backendStage.ts";

const { api, client } = await useApiServer({ flags: ["--disable-admission-plugins=StorageObjectInUseProtection"] });
const namespace = "clauderon";
const here = backendOn({ kubeconfig: api.kubeconfig });
/** The daemon of another machine, or of an empty database. */
const there = backendOn({ kubeconfig: api.kubeconfig });

beforeAll(async () => {
  await api.kubectl(["create", "namespace", namespace]);
  await api.kubectl(["create", "serviceaccount", "colleague", "-n", namespace]);
  const subject = ["--clusterrole=cluster-admin", `--serviceaccount=${namespace}:colleague`];
  await api.kubectl(["create", "rolebinding", "colleague", "-n", namespace, ...subject]);
});

/** The daemon of another user who may do everything in the namespace. */
const colleague = async () => backendOn({ kubeconfig: await kubeconfigOf(api, namespace, "colleague") });

const recordNamed = (...args: Parameters<typeof sessionNamed>) => recorded(sessionNamed(...args));

const ref = ({ name }: { readonly name: string }) => ({ namespace, name: `clauderon-${name}` });

async function up(session: SessionRecord): Promise<void> {
  const done = here.bringUp(session, contextOf().context);
  await expect.poll(async () => (await client.get(PODS, ref(session)))?.metadata.uid, POLL).toBeDefined();
  await setPodStatus(client, namespace, `clauderon-${session.name}`, RUNNING);
  await done;
}

const seen = (session: SessionRecord) => expect.poll(() => there.adoptable([]), POLL).toContainEqual(recorded(session));

describe("adoptable", () => {
  it("finds a complete session of another machine, and continues from there", async () => {
    const session = sessionNamed("adopted", { model: "opus", cpuLimit: "4", command: ["/bin/true"] });
    await up(session);
    await seen(session);
    expect(await there.adoptable([session])).not.toContainEqual(recorded(session));
    expect(await there.observe(session)).toMatchObject({ phase: "Running" });
    await there.remove(session, contextOf().context);
    await expect.poll(() => here.observe(session), POLL).toMatchObject({ phase: "Missing" });
    expect(await there.adoptable([])).not.toContainEqual(recorded(session));
  });

  it("finds a session that lost its volume, with the commit that it continues from", async () => {
    const session = sessionNamed("volumeless");
    await up(session);
    await client.delete(PERSISTENT_VOLUME_CLAIMS, ref(session));
    await expect.poll(() => here.observe(session), POLL).toMatchObject({ phase: "Missing", reason: "VolumeMissing" });
    await here.halt(session, contextOf().context);
    const continued = { ...session, commit: "c".repeat(40) };
    await up(continued);
    await seen(continued);
    expect(await there.observe(continued)).toMatchObject({ phase: "Running" });
    await here.remove(continued, contextOf().context);
  });

  it("accepts only records that the session's Secret confirms, because claims are less protected", async () => {
    const [session, forged] = [sessionNamed("changed"), sessionNamed("forged", { image: "evil.example.com/agent" })];
    await up(session);
    await seen(session);
    const change = (spec: object) =>
      client.patch(PERSISTENT_VOLUME_CLAIMS, ref(session), {
        metadata: { annotations: { "clauderon.dev/session": JSON.stringify({ ...recorded(session), spec }) } },
      });
    await change({ ...session.spec, image: "evil.example.com/agent" });
    await client.create(
      PERSISTENT_VOLUME_CLAIMS,
      claimOf(forged, { namespace, storageSize: "1Gi" }, { creator: "admin" }),
    );
    await expect.poll(() => there.observe(forged), POLL).toMatchObject({ phase: "Stopped" });
    await expect.poll(() => there.adoptable([]), POLL).toEqual([]);
    await change({ ...session.spec });
    await seen(session);
    for (const one of [session, forged]) await here.remove(one, contextOf().context);
  });

  it("ignores another user's sessions, complete or not", async () => {
    const [mine, broken] = [sessionNamed("mine"), sessionNamed("broken")];
    await up(mine);
    await up(broken);
    const record = { op: "replace", path: "/metadata/annotations/clauderon.dev~1session", value: "{" } as const;
    await client.patch(PERSISTENT_VOLUME_CLAIMS, ref(broken), [record]);
    const orphan = expect.objectContaining({ kind: "PersistentVolumeClaim", name: "clauderon-broken" }) as unknown;
    await expect.poll(() => there.orphans([], new Set()), POLL).toEqual([orphan]);
    await seen(mine);
    const other = await colleague();
    expect(await other.observe(mine)).toMatchObject({ phase: "Running" });
    expect(await other.adoptable([])).toEqual([]);
    expect(await other.orphans([], new Set())).toEqual([]);
    for (const session of [mine, broken]) await here.remove(session, contextOf().context);
  });

  it.each([
    ["no JSON", "{"],
    ["another's name", JSON.stringify(recordNamed("other"))],
    ["of a newer version", JSON.stringify({ ...recorded(sessionNamed("bad")), admin: true })],
    ["of a session with a newer setting", JSON.stringify(recordNamed("bad", { network: "None" } as object))],
    ["an option as its branch", JSON.stringify(recordNamed("bad", { branch: "--upload-pack=touch /tmp/x" }))],
    ["a repository with an escape sequence", JSON.stringify(recordNamed("bad", { repository: "/\u001b[2J" }))],
    ["a flood", JSON.stringify(recordNamed("bad", { repository: `/${"x".repeat(100_000)}` }))],
  ])("keeps and reports a volume when its record is %s, also when orphans are pruned", async (_what, text) => {
    const session = sessionNamed("bad");
    const labels = {
      app: "clauderon",
      session: "bad",
      "app.kubernetes.io/managed-by": "clauderon",
      "clauderon.dev/session-uid": session.uid,
    };
    await client.create(PERSISTENT_VOLUME_CLAIMS, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { ...ref(session), labels, annotations: { "clauderon.dev/session": text } },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    });
    const orphan = {
      kind: "PersistentVolumeClaim",
      name: "clauderon-bad",
      kept: expect.stringContaining("kubectl delete pod,pvc -n clauderon -l session=bad") as unknown,
    };
    await expect.poll(() => there.orphans([], new Set()), POLL).toContainEqual(orphan);
    expect((await there.adoptable([])).map(({ name }) => name)).not.toContain("bad");
    expect(await there.orphans([], new Set(["bad"]))).not.toContainEqual(orphan);
    const found = (await there.orphans([], new Set())).filter(({ name }) => name === orphan.name);
    for (const one of found) await expect(there.prune(one)).rejects.toThrow("is kept");
    expect(await client.get(PERSISTENT_VOLUME_CLAIMS, ref(session))).toBeDefined();
    await client.delete(PERSISTENT_VOLUME_CLAIMS, ref(session));
  });

  it("finds sessions with the longest command and variables that create accepts", async () => {
    const command = Array.from({ length: 20 }, () => "x".repeat(4_000));
    const session = sessionNamed("long", { command, repository: `/${"long/".repeat(700)}` });
    await up(session);
    await expect.poll(() => there.adoptable([]), POLL).toContainEqual(recorded(session));
    await there.remove(session, contextOf().context);
  });
});

describe("orphans", () => {
  it("are pods whose volume is gone, never a session of this or another daemon", async () => {
    const [known, foreign, lost] = [sessionNamed("known"), sessionNamed("foreign"), sessionNamed("lost")];
    for (const session of [known, foreign, lost]) await up(session);
    await client.delete(PERSISTENT_VOLUME_CLAIMS, ref(lost));
    const orphan = { kind: "Pod", name: "clauderon-lost" };
    const kept = expect.stringContaining("kubectl delete pod -n clauderon clauderon-lost") as unknown;
    await expect.poll(() => there.orphans([known], new Set()), POLL).toEqual([{ ...orphan, kept }]);
    await setPodStatus(client, namespace, "clauderon-lost", failed("Evicted", "The node was low on memory"));
    await expect.poll(() => there.orphans([known], new Set()), POLL).toEqual([orphan]);
    await there.prune(orphan);
    expect(await there.orphans([known], new Set())).toEqual([]);
    expect(await client.get(PODS, ref(lost))).toBeUndefined();
    await there.prune(orphan);
  });

  it("stay when the API server has their volume, which a cache may not know yet", async () => {
    const session = sessionNamed("young");
    await up(session);
    await expect.poll(() => there.observe(session), POLL).toMatchObject({ phase: "Running" });
    await expect(there.prune({ kind: "Pod", name: "clauderon-young" })).rejects.toMatchObject({
      code: "SESSION_EXISTS",
    });
    expect(await client.get(PODS, ref(session))).toBeDefined();
    await here.remove(session, contextOf().context);
  });

  it("do not include objects that only look similar", async () => {
    await api.kubectl(["create", "configmap", "clauderon-notes", "-n", namespace]);
    const spec = { containers: [{ name: "web", image: "localhost/web:1" }] };
    const metadata = { name: "clauderon-web", namespace, labels: { app: "clauderon" } };
    await client.create(PODS, { apiVersion: "v1", kind: "Pod", metadata, spec });
    expect((await there.orphans([], new Set())).map(({ name }) => name)).not.toContain("clauderon-web");
  });
});
