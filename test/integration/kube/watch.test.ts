import type { WireObject } from "@clauderon/base";
import { getEventListeners } from "node:events";
import { CONFIG_MAPS, HttpKubeClient, isGone, loadKubeConfig, type WatchOptions } from "@clauderon/kube";
import type { ConfigMap } from "kubernetes-types/core/v1.js";
import { describe, expect, it, onTestFinished } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { startRelay } from "../../kit/apiserver/relay.ts";

const { api, client } = await useApiServer({ flags: ["--watch-cache=false"] }); // The watch then notices a compaction immediately.

const configMap = (name: string, data: Record<string, string> = {}): WireObject<ConfigMap> => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data,
});

const apply = (name: string, data: Record<string, string> = {}) =>
  client.apply(CONFIG_MAPS, configMap(name, data), { fieldManager: "test" });

const text = (round: number) => String(round % 10).repeat(512 * 1024);

async function optionsFromNow(options: Partial<WatchOptions> = {}): Promise<WatchOptions> {
  const { metadata } = await client.list(CONFIG_MAPS, { limit: 1 });
  const { signal } = new AbortController();
  return { resourceVersion: metadata.resourceVersion, timeoutSeconds: 600, signal, ...options };
}

describe("HttpKubeClient.watch", () => {
  it("yields each change after the version, as complete objects with all characters", async () => {
    const events = client.watch(CONFIG_MAPS, await optionsFromNow({ fieldSelector: "metadata.name=changing" }));
    await apply("changing", { text: "é漢🦊".repeat(20_000) });
    await apply("other");
    await apply("changing", { text: "short" });
    await client.delete(CONFIG_MAPS, { namespace: "default", name: "changing" });
    const seen: unknown[] = [];
    for await (const { type, object } of events) {
      seen.push([type, object.kind, object.metadata.name, object.data?.["text"]]);
      if (type === "DELETED") break;
    }
    expect(seen).toEqual([
      ["ADDED", "ConfigMap", "changing", "é漢🦊".repeat(20_000)],
      ["MODIFIED", "ConfigMap", "changing", "short"],
      ["DELETED", "ConfigMap", "changing", "short"],
    ]);
  });

  it("yields objects of the same shape as get and list", async () => {
    const events = client.watch(CONFIG_MAPS, await optionsFromNow());
    await apply("shape", { a: "1" });
    const listed = await client.list(CONFIG_MAPS, { fieldSelector: "metadata.name=shape" });
    for await (const { object } of events) {
      expect(object).toEqual(await client.get(CONFIG_MAPS, { namespace: "default", name: "shape" }));
      expect(listed.items).toEqual([object]);
      expect(typeof object.metadata.creationTimestamp).toBe("string");
      break;
    }
  });

  it("stays open on a quiet resource until the server's own timeout, and then ends normally", async () => {
    const relay = await startRelay(api);
    const own = new HttpKubeClient(loadKubeConfig({ kubeconfig: relay.kubeconfig }));
    onTestFinished(async () => await own.close());
    const seen: unknown[] = [];
    const options = await optionsFromNow({ timeoutSeconds: 2, labelSelector: "none=there" });
    for await (const event of own.watch(CONFIG_MAPS, options)) seen.push(event);
    expect([seen, relay.connections]).toEqual([[], 1]);
  });

  it("throws an ApiError that isGone for a version from before a compaction", async () => {
    const options = await optionsFromNow();
    await apply("after");
    await api.compact();
    const next = client.watch(CONFIG_MAPS, options)[Symbol.asyncIterator]().next();
    const error = await Promise.resolve(next).catch((thrown: unknown) => thrown);
    expect(isGone(error)).toBe(true);
    expect(error).toMatchObject({ reason: "Expired" });
  });

  it("throws the server's refusal", async () => {
    const options = await optionsFromNow({ labelSelector: "a in" });
    await expect(client.watch(CONFIG_MAPS, options)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      status: 400,
    });
  });

  it("ends immediately when the signal aborts: before it starts, while it waits, and between two events", async () => {
    const aborter = new AbortController();
    const options = await optionsFromNow({ signal: aborter.signal });
    const [waiting, reading] = [client.watch(CONFIG_MAPS, options), client.watch(CONFIG_MAPS, options)].map((events) =>
      events[Symbol.asyncIterator](),
    );
    const first = reading?.next();
    await apply("abort-1");
    await apply("abort-2");
    expect((await first)?.value).toMatchObject({ type: "ADDED" });
    const ended = [waiting?.next(), waiting?.next(), waiting?.next()];
    await ended[0];
    await ended[1];
    aborter.abort();
    expect(await ended[2]).toEqual({ done: true, value: undefined });
    expect(await reading?.next()).toEqual({ done: true, value: undefined });
    expect(await client.watch(CONFIG_MAPS, options)[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  });

  it("leaves no listener on the signal", async () => {
    const aborter = new AbortController();
    const options = await optionsFromNow({ signal: aborter.signal, timeoutSeconds: 1 });
    await apply("listener");
    const watchOnce = async () => {
      for await (const event of client.watch(CONFIG_MAPS, options)) if (event.type === "ADDED") break;
    };
    for (let round = 0; round < 20; round++) await watchOnce();
    await expect.poll(() => getEventListeners(aborter.signal, "abort")).toEqual([]);
  });

  it("is pulled: events stay with the server until the caller reads", async () => {
    const relay = await startRelay(api);
    const own = new HttpKubeClient(loadKubeConfig({ kubeconfig: relay.kubeconfig }));
    onTestFinished(async () => await own.close());
    const options = await optionsFromNow({ fieldSelector: "metadata.name=flood" });
    await apply("flood");
    for (let round = 0; round < 30; round++) {
      await client.patch(CONFIG_MAPS, { namespace: "default", name: "flood" }, { data: { text: text(round) } });
    }
    const events = own.watch(CONFIG_MAPS, options)[Symbol.asyncIterator]();
    await events.next();
    let before = -1;
    await expect
      .poll(() => [before, (before = relay.received)], { interval: 200 })
      .toSatisfy(([last, now]) => last === now);
    expect(relay.received).toBeLessThan(8 * 2 ** 20);
    for (let round = 0; round < 30; round++) await events.next();
    expect(relay.received).toBeGreaterThan(12 * 2 ** 20);
    await events.return?.();
  });
});
