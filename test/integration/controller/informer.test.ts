import { readFile, rename, writeFile } from "node:fs/promises";
import { InformerSet, systemClock } from "@clauderon/controller";
import {
  CLUSTER_ROLE_BINDINGS,
  CONFIG_MAPS,
  CRDS,
  type KubeClient,
  type Resource,
  SERVICE_ACCOUNTS,
} from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type ApiServer, startApiServer } from "../../kit/apiserver/index.ts";
import { FakeClock } from "../../kit/fakeClock.ts";
import { recordedLog } from "../../kit/recordedLog.ts";
import { startRelay } from "../../kit/apiserver/relay.ts";
import { configMap, connect, expectConverged, startInformer } from "./configMaps.ts";

let api: ApiServer;

beforeAll(async () => {
  api = await startApiServer();
});

afterAll(() => api[Symbol.asyncDispose]());

/** Creates, changes and deletes until it is stopped, whether the API server is there or not. */
function startWriter(client: KubeClient) {
  const stop = new AbortController();
  let written = 0;
  const write = async (step: number) => {
    const name = `w-${step % 40}`;
    if (step % 3 === 2) await client.delete(CONFIG_MAPS, { namespace: "default", name });
    else await client.apply(CONFIG_MAPS, configMap(name, { step: String(step) }), { fieldManager: "test" });
    written += 1;
  };
  const loop = async () => {
    for (let step = 0; !stop.signal.aborted; step += 1) {
      await write(step).catch(() => systemClock.sleep(20));
    }
  };
  const ended = loop();
  const finish = async () => {
    stop.abort();
    await ended;
  };
  return { written: () => written, stop: finish };
}

describe("Informer", () => {
  it("survives a kill -9 of the API server under writes without being restarted", async () => {
    const client = connect(api.kubeconfig);
    const running = await startInformer(client);
    const writer = startWriter(connect(api.kubeconfig));
    for (let kill = 0; kill < 2; kill += 1) {
      const before = writer.written();
      await expect.poll(writer.written, { timeout: 20_000 }).toBeGreaterThan(before + 100);
      await api.kill();
      await expect
        .poll(async () => {
          await running.clock.advance(1000);
          return running.lines.filter(({ message }) => message.startsWith("Lost the API server")).length;
        })
        .toBeGreaterThan(kill);
      await api.restart();
      await expect
        .poll(
          async () => {
            await running.clock.advance(1000);
            return running.lines.at(-1)?.message;
          },
          { timeout: 20_000 },
        )
        .toBe("Connected to the API server again");
    }
    await writer.stop();
    await expectConverged(client, running);
  });

  it("keeps one quiet watch with bookmarks open for minutes", async () => {
    const relay = await startRelay(api);
    const running = await startInformer(connect(relay.kubeconfig));
    // One for the list, one for the watch, which opens after the caches are complete.
    await expect.poll(() => relay.connections).toBe(2);
    await running.clock.advance(290_000);
    const writer = connect(api.kubeconfig);
    await writer.apply(CONFIG_MAPS, configMap("quiet"), { fieldManager: "test" });
    await expect.poll(() => running.told.has("quiet")).toBe(true);
    expect([relay.connections, running.lines]).toEqual([2, []]);
  });

  it("holds objects of one shape, whether they were listed or watched", async () => {
    const client = connect(api.kubeconfig);
    await client.apply(CONFIG_MAPS, configMap("shape"), { fieldManager: "test" });
    const listed = (await startInformer(client)).informer;
    await client.delete(CONFIG_MAPS, { namespace: "default", name: "shape" });
    const watched = await startInformer(client);
    const live = await client.apply(CONFIG_MAPS, configMap("shape"), { fieldManager: "test" });
    await expect.poll(() => watched.informer.get("default/shape")).toBeDefined();
    const { managedFields: _dropped, ...metadata } = live.metadata as typeof live.metadata & { managedFields: unknown };
    expect(watched.informer.get("default/shape")).toEqual({ ...live, metadata });
    await expect.poll(() => listed.get("default/shape")?.metadata.uid).toBe(live.metadata.uid);
    expect(listed.get("default/shape")).toEqual(watched.informer.get("default/shape"));
  });

  it("treats an object that leaves its selector as deleted", async () => {
    const client = connect(api.kubeconfig);
    await client.apply(CONFIG_MAPS, configMap("leaver"), { fieldManager: "test" });
    const running = await startInformer(client);
    await client.patch(
      CONFIG_MAPS,
      { namespace: "default", name: "leaver" },
      { metadata: { labels: { app: "other" } } },
    );
    await expect.poll(() => running.events.at(-1)).toBe("deleted leaver");
  });

  it("notices that an object was deleted and recreated while it was disconnected", async () => {
    const relay = await startRelay(api);
    const client = connect(api.kubeconfig);
    await client.apply(CONFIG_MAPS, configMap("phoenix"), { fieldManager: "test" });
    const running = await startInformer(connect(relay.kubeconfig));
    await expect.poll(() => relay.open).toBe(2);
    relay.cut();
    await expect.poll(() => running.lines.length).toBe(1);
    running.events.length = 0;
    await client.delete(CONFIG_MAPS, { namespace: "default", name: "phoenix" });
    await client.apply(CONFIG_MAPS, configMap("phoenix"), { fieldManager: "test" });
    await expectConverged(client, running);
    expect(running.events).toEqual(["deleted phoenix", "added phoenix"]);
  });

  it("recovers when its token is revoked and then replaced", async () => {
    const admin = connect(api.kubeconfig);
    const account = { name: "reader", namespace: "default" };
    await admin.create(SERVICE_ACCOUNTS, { apiVersion: "v1", kind: "ServiceAccount", metadata: account });
    await admin.create(CLUSTER_ROLE_BINDINGS, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "reader" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", ...account }],
    });
    const tokenFile = `${api.kubeconfig}-token`;
    const replaceToken = async () => {
      await writeFile(`${tokenFile}-new`, await api.serviceAccountToken(account.namespace, account.name));
      await rename(`${tokenFile}-new`, tokenFile);
    };
    await replaceToken();
    const config = JSON.parse(await readFile(api.kubeconfig, "utf8")) as { users: { user: object }[] };
    const users = config.users.map((entry) => ({ ...entry, user: { tokenFile } }));
    await writeFile(`${api.kubeconfig}-reader`, JSON.stringify({ ...config, users }));
    const running = await startInformer(connect(`${api.kubeconfig}-reader`));
    await api.kill(); // A graceful end would wait for the watches.
    await api.revokeTokens();
    await expect
      .poll(
        async () => {
          await running.clock.advance(1000);
          return running.lines.map(({ fields }) => fields["error"]);
        },
        { timeout: 20_000 },
      )
      .toContain("Unauthorized");
    await admin.apply(CONFIG_MAPS, configMap("unseen"), { fieldManager: "test" });
    await running.clock.advance(60_000);
    expect(running.told.has("unseen")).toBe(false);
    await replaceToken();
    await expectConverged(admin, running);
  });

  it("waits for a CRD that is installed after its start", async () => {
    const client = connect(api.kubeconfig);
    const [clock, { log, lines }, stop] = [new FakeClock(), recordedLog(), new AbortController()];
    onTestFinished(() => stop.abort());
    const widgets: Resource = {
      group: "test.example",
      version: "v1",
      plural: "widgets",
      kind: "Widget",
      namespaced: true,
    };
    const set = new InformerSet(client, { log, clock });
    const informer = set.informer(widgets);
    set.start(stop.signal);
    await expect
      .poll(() => lines.map(({ message }) => message))
      .toEqual(["Not served by the API server; waiting for its CRD to be installed"]);
    await client.create(CRDS, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.test.example" },
      spec: {
        group: "test.example",
        scope: "Namespaced",
        names: { plural: "widgets", kind: "Widget" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    });
    await expect
      .poll(
        async () => {
          await clock.advance(1000);
          return set.isSynced;
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    const widget = { apiVersion: "test.example/v1", kind: "Widget", metadata: { name: "w", namespace: "default" } };
    await client.create(widgets, widget);
    await expect.poll(() => informer.get("default/w")?.kind).toBe("Widget");
  });
});
