import { CONFIG_MAPS, type KubeClient, type ListOptions, NAMESPACES } from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, startApiServer } from "../../kit/apiserver/index.ts";
import { startRelay } from "../../kit/apiserver/relay.ts";
import { configMap, connect, expectConverged, startInformer } from "./configMaps.ts";

const MANY = 2500;
let api: ApiServer;

beforeAll(async () => {
  api = await startApiServer({ flags: ["--watch-cache=false"] }); // The watch then notices a compaction immediately.
});

afterAll(() => api[Symbol.asyncDispose]());

async function createMany(client: KubeClient): Promise<void> {
  await client.create(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: "many" } });
  const names = Array.from({ length: MANY }, (_, index) => `m-${index}`);
  await Promise.all(names.map((name) => client.create(CONFIG_MAPS, configMap(name, {}, "many"))));
}

/** The same client; `onPage` runs before each list. */
function spied(
  client: KubeClient,
  onPage: (options: ListOptions) => Promise<void>,
): Pick<KubeClient, "list" | "watch"> {
  return {
    list: async (resource, options = {}) => {
      await onPage(options);
      return client.list(resource, options);
    },
    watch: (resource, options) => client.watch(resource, options),
  };
}

describe("Informer", () => {
  it("reads 2,500 objects in pages of 500, and in one request when the list expires between two pages", async () => {
    const client = connect(api.kubeconfig);
    await createMany(client);
    const pages: (number | undefined)[] = [];
    const paged = spied(client, async ({ limit }) => void pages.push(limit));
    const { informer } = await startInformer(paged, {
      namespace: "many",
      indexes: { name: ({ metadata }) => [metadata.name] },
    });
    expect([pages, informer.list().length]).toEqual([[500, 500, 500, 500, 500], MANY]);
    expect(informer.byIndex("name", "m-2499")).toHaveLength(1);

    const asked: (number | undefined)[] = [];
    const expiring = spied(client, async ({ limit, continue: next }) => {
      asked.push(limit);
      if (next === undefined || asked.length !== 3) return;
      await client.delete(CONFIG_MAPS, { namespace: "many", name: "m-0" });
      await api.compact();
    });
    const second = await startInformer(expiring, { namespace: "many" });
    expect([asked, second.informer.list().length]).toEqual([[500, 500, 500, undefined], MANY - 1]);
    expect([second.told.has("m-0"), second.events.at(-1)]).toEqual([false, "deleted m-0"]);
  });

  it("lists again, and notices deletions, when etcd was compacted while it was disconnected", async () => {
    const relay = await startRelay(api);
    const client = connect(api.kubeconfig);
    for (const name of ["stays", "goes", "changes"]) await client.create(CONFIG_MAPS, configMap(name));
    const running = await startInformer(connect(relay.kubeconfig));
    await expect.poll(() => relay.open).toBe(2);
    relay.cut();
    await expect.poll(() => running.lines.length).toBe(1);
    running.events.length = 0;
    await client.delete(CONFIG_MAPS, { namespace: "default", name: "goes" });
    await client.apply(CONFIG_MAPS, configMap("changes", { a: "1" }), { fieldManager: "test" });
    await client.create(CONFIG_MAPS, configMap("comes"));
    await api.compact();
    await expectConverged(client, running);
    expect(running.lines.map(({ message }) => message)).toContain("The watch is too far behind; listing again");
    expect(running.events.toSorted()).toEqual(["added comes", "deleted goes", "updated changes"]);
  });
});
