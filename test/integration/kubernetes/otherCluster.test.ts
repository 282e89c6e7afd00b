import { PERSISTENT_VOLUME_CLAIMS, PODS } from "@clauderon/kube";
import { beforeAll, describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import type { NamespacePlace } from "../../../packages/daemon/src/model/namespacePlace.ts";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { backendOn, contextOf, POLL, sessionNamed } from "../../kit/sessions/backendStage.ts";
import { RUNNING, setPodStatus } from "./podState.ts";

const flags = ["--disable-admission-plugins=StorageObjectInUseProtection"];
const [home, away] = [await useApiServer({ flags }), await useApiServer({ flags })];
const namespace = "clauderon";
const places = new Map<string, NamespacePlace>();
const placed = ({ uid }: SessionRecord, place: NamespacePlace) => void places.set(uid, place);
const at = (kubeconfig: string, more: { readonly namespace?: string } = {}) =>
  backendOn({ kubeconfig, placed, ...more });
const here = at(home.api.kubeconfig);
const there = at(away.api.kubeconfig);
const elsewhere = at(home.api.kubeconfig, { namespace: "second" });

beforeAll(async () => {
  for (const { api } of [home, away]) await api.kubectl(["create", "namespace", namespace]);
  await home.api.kubectl(["create", "namespace", "second"]);
});

const ref = ({ name }: SessionRecord) => ({ namespace, name: `clauderon-${name}` });

/** Brings a session up; the answer is its record as a registry has it then. */
async function up(session: SessionRecord): Promise<SessionRecord> {
  const done = here.bringUp(session, contextOf().context);
  await expect.poll(async () => (await home.client.get(PODS, ref(session)))?.metadata.uid, POLL).toBeDefined();
  // It was written down before the first object was made.
  const place = places.get(session.uid);
  expect(place).toMatchObject({ namespace });
  await setPodStatus(home.client, namespace, ref(session).name, RUNNING);
  await done;
  return { ...session, place };
}

describe.each([
  ["cluster", there, "is in another cluster"],
  ["namespace", elsewhere, `is in namespace "clauderon", but the daemon uses "second"`],
])("a session of another %s", (what, backend, message) => {
  it("is reported as that, and nothing is made, stopped, deleted or connected", async () => {
    const session = await up(sessionNamed(`bound-${what}`));
    const mismatch = { code: "CLUSTER_MISMATCH", message: expect.stringContaining(message) as unknown };
    expect(await backend.observe(session)).toMatchObject({
      phase: "Error",
      reason: "OtherCluster",
      message: mismatch.message,
      hint: expect.stringContaining(`--context ${session.place?.context}`) as unknown,
    });
    const { context } = contextOf();
    for (const operation of ["bringUp", "halt", "remove"] as const)
      await expect(backend[operation](session, context)).rejects.toMatchObject(mismatch);
    await expect(backend.connect(session, context.signal)).rejects.toMatchObject(mismatch);
    expect(await backend.orphan(session)).toEqual([
      `PersistentVolumeClaim, Pod, ConfigMap and Secret "${ref(session).name}" stay in namespace "clauderon" of the cluster of ` +
        `context "${session.place?.context}", with the work that was not fetched`,
      expect.stringContaining(`--context ${session.place?.context} --namespace clauderon`),
    ]);
    await expect(here.orphan(session)).rejects.toMatchObject({
      code: "USAGE",
      hint: `Leave out --orphan: clauderon delete ${session.name}`,
    });
    expect(await away.client.get(PERSISTENT_VOLUME_CLAIMS, ref(session))).toBeUndefined();
    expect(await home.client.get(PODS, ref(session))).toBeDefined();
    expect(await here.observe(session)).toMatchObject({ phase: "Running" });
    await here.remove(session, contextOf().context);
    expect(await here.observe(session)).toMatchObject({ phase: "Missing", reason: "VolumeMissing" });
  });
});

describe("a session whose row names no cluster", () => {
  it("takes the one where its objects are, and is brought up nowhere else", async () => {
    const session = await up(sessionNamed("older"));
    const older: SessionRecord = { ...session, place: undefined };
    places.clear();
    expect(await there.observe(older)).toMatchObject({ phase: "Error", reason: "ClusterUnknown" });
    await expect(there.bringUp(older, contextOf().context)).rejects.toMatchObject({ code: "CLUSTER_MISMATCH" });
    expect((await there.orphan(older))[0]).toContain("of the cluster that it was created in");
    await expect(here.orphan(older)).rejects.toMatchObject({ code: "USAGE" });
    await there.remove(older, contextOf().context);
    expect([...places.keys()]).toEqual([]);
    await expect.poll(() => here.observe(older), POLL).toMatchObject({ phase: "Running" });
    expect(places.get(session.uid)).toEqual(session.place);
    await here.remove(older, contextOf().context);
  });
});

describe("a claim that was restored in another cluster", () => {
  it("is not adopted there", async () => {
    const session = await up(sessionNamed("copied"));
    const claim = await home.client.get(PERSISTENT_VOLUME_CLAIMS, ref(session));
    expect(claim?.metadata.annotations?.["clauderon.dev/namespace-uid"]).toBe(session.place?.uid);
    await expect.poll(async () => (await here.adoptable([])).map(({ name }) => name), POLL).toEqual(["copied"]);
    const annotations = { ...claim?.metadata.annotations, "clauderon.dev/namespace-uid": "of-another-cluster" };
    await home.client.patch(PERSISTENT_VOLUME_CLAIMS, ref(session), { metadata: { annotations } });
    await expect.poll(() => here.adoptable([]), POLL).toEqual([]);
    await here.remove(session, contextOf().context);
  });
});

describe("a namespace that was created again", () => {
  it("is another namespace, for which nothing is made", async () => {
    const session = await up(sessionNamed("reborn"));
    const place = { ...session.place, uid: "11111111-1111-4111-8111-111111111111" } as NamespacePlace;
    await expect(here.bringUp({ ...session, place }, contextOf().context)).rejects.toMatchObject({
      code: "CLUSTER_MISMATCH",
    });
    await here.remove(session, contextOf().context);
  });
});
