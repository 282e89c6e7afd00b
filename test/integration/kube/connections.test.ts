import { Fault, type KubeObject } from "@clauderon/base";
import { CONFIG_MAPS, HttpKubeClient, loadKubeConfig, NAMESPACES, type WatchEvent } from "@clauderon/kube";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type ApiServer, startApiServer } from "../../kit/apiserver/index.ts";
import { type Relay, startRelay } from "../../kit/apiserver/relay.ts";

let api: ApiServer;
let relay: Relay;
let client: HttpKubeClient;

beforeAll(async () => {
  api = await startApiServer();
  await api.kubectl(["create", "configmap", "seen"]);
});

afterAll(async () => await api[Symbol.asyncDispose]());

beforeEach(async () => {
  relay = await startRelay(api);
  const own = new HttpKubeClient(loadKubeConfig({ kubeconfig: relay.kubeconfig }), { connections: 8 });
  client = own;
  onTestFinished(async () => await own.close());
});

const touch = () =>
  client.patch(CONFIG_MAPS, { namespace: "default", name: "seen" }, { data: { touched: String(performance.now()) } });

const get = () => client.get(NAMESPACES, { name: "default" });

/** Watches all ConfigMaps from now on; `end` is how the watch ended. */
async function watch() {
  const { metadata } = await client.list(CONFIG_MAPS);
  const events: WatchEvent<KubeObject>[] = [];
  const aborter = new AbortController();
  const { signal } = aborter;
  const read = async () => {
    const options = { resourceVersion: metadata.resourceVersion, timeoutSeconds: 600, signal };
    for await (const event of client.watch(CONFIG_MAPS, options)) events.push(event);
  };
  return {
    events,
    aborter,
    end: read().then(
      () => "ended",
      (error: unknown) => error,
    ),
  };
}

describe("the connections of HttpKubeClient", () => {
  it("are reused: 50 sequential and 200 parallel requests use no more than the pool's", async () => {
    for (let round = 0; round < 50; round++) await get();
    expect(relay.connections).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 200 }, get));
    expect(relay.connections).toBeLessThanOrEqual(8);
  });

  it("are separate from those of watches, which never starve a request", async () => {
    const watches = await Promise.all(Array.from({ length: 20 }, watch));
    await touch();
    await expect.poll(() => watches.filter(({ events }) => events.length > 0)).toHaveLength(20);
    expect(relay.open).toBeLessThanOrEqual(28);
    for (const { aborter } of watches) aborter.abort();
    expect(await Promise.all(watches.map(({ end }) => end))).toEqual(Array.from({ length: 20 }, () => "ended"));
    await expect.poll(() => relay.open).toBeLessThanOrEqual(8);
  });

  it("cause Faults when they break, and the next request uses a new one", async () => {
    const watching = await watch();
    await touch();
    await expect.poll(() => watching.events).toHaveLength(1);
    relay.cut();
    expect(await watching.end).toMatchObject({ code: "CLUSTER_UNAVAILABLE" });
    expect(await get()).toMatchObject({ metadata: { name: "default" } });
  });

  it("close with the client", async () => {
    const watching = await watch();
    await client.close();
    expect(await watching.end).toBeInstanceOf(Fault);
    await expect.poll(() => relay.open).toBe(0);
  });
});

describe("when the API server is killed under load", () => {
  it("every request and watch ends with an answer or a Fault, and all work again when it is back", async () => {
    const watching = await Promise.all(Array.from({ length: 10 }, watch));
    const outcomes = new Set<unknown>();
    const stop = new AbortController();
    let served = 0;
    const load = Array.from({ length: 32 }, async () => {
      while (!stop.signal.aborted) {
        await get().then(
          () => (served += 1),
          (error: unknown) => outcomes.add(error instanceof Fault ? error.code : error),
        );
      }
    });
    await expect.poll(() => served).toBeGreaterThan(100);
    await api.kill();
    const ends = await Promise.all(watching.map(({ end }) => end));
    expect(ends.map((end) => (end instanceof Fault ? end.code : end))).toEqual(ends.map(() => "CLUSTER_UNAVAILABLE"));
    await expect.poll(() => outcomes.size).toBeGreaterThan(0);
    await api.restart();
    const before = served;
    await expect.poll(() => served, { timeout: 10_000 }).toBeGreaterThan(before + 100);
    stop.abort();
    await Promise.all(load);
    expect([...outcomes]).toEqual(["CLUSTER_UNAVAILABLE"]);
    expect(relay.open).toBeLessThanOrEqual(8);
  });
});
