import type { KubeObject } from "@clauderon/base";
import { CONFIG_MAPS, PODS } from "@clauderon/kube";
import { describe, expect, it } from "vitest";
import { FakeClock, settled } from "../../../test/kit/fakeClock.ts";
import { recordedLog } from "../../../test/kit/recordedLog.ts";
import { ScriptedWatch } from "../../../test/kit/scriptedWatch.ts";
import type { InformerEvent } from "./informer.ts";
import { InformerSet } from "./informerSet.ts";

interface ObjectFields {
  readonly uid?: string;
  readonly team?: string;
}

const object = (name: string, version: number, { uid = `uid-${name}`, team = "x" }: ObjectFields = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "n", uid, resourceVersion: String(version), labels: { team } },
});
const byTeam = ({ metadata }: KubeObject) => [metadata.labels?.team ?? ""];
const text = ({ type, object, old }: InformerEvent<KubeObject>) =>
  [type, object.metadata.name, old?.metadata.resourceVersion, object.metadata.resourceVersion]
    .filter(Boolean)
    .join(" ");
const boom = () => {
  throw new Error("boom");
};

function start(objects: readonly KubeObject[] = []) {
  const [api, stop] = [new ScriptedWatch(), new AbortController()];
  api.objects = objects;
  const { log, lines } = recordedLog();
  const set = new InformerSet(api, { log, clock: new FakeClock(), random: () => 0.5 });
  return { api, stop, lines, set };
}

describe("Informer", () => {
  it("reports existing objects, then each change with the replaced object", async () => {
    const { api, stop, set } = start([object("a", 1)]);
    const events: string[] = [];
    set.informer<KubeObject>(CONFIG_MAPS).onChange((event) => events.push(text(event)));
    set.start(stop.signal);
    await settled();
    api.current.send("ADDED", object("b", 2));
    api.current.send("MODIFIED", object("b", 3));
    api.current.send("DELETED", object("b", 4));
    await settled();
    expect(events).toEqual(["added a 1", "added b 2", "updated b 2 3", "deleted b 4"]);
  });

  it("reports all existing objects to a late handler", async () => {
    const { stop, set } = start([object("a", 1), object("b", 2)]);
    const informer = set.informer<KubeObject>(CONFIG_MAPS);
    set.start(stop.signal);
    await settled();
    const events: string[] = [];
    informer.onChange((event) => events.push(text(event)));
    expect(events).toEqual(["added a 1", "added b 2"]);
  });

  it("reports an object that was recreated between two lists as deleted, then added", async () => {
    const { api, stop, set } = start([object("a", 1)]);
    const events: string[] = [];
    set.informer<KubeObject>(CONFIG_MAPS).onChange((event) => events.push(text(event)));
    set.start(stop.signal);
    await settled();
    api.current.send("MODIFIED", object("a", 9, { uid: "another" }));
    await settled();
    expect(events).toEqual(["added a 1", "deleted a 1", "added a 9"]);
  });

  it("reports nothing for an unchanged object", async () => {
    const { api, stop, set } = start([object("a", 1)]);
    const events: string[] = [];
    set.informer<KubeObject>(CONFIG_MAPS).onChange((event) => events.push(text(event)));
    set.start(stop.signal);
    await settled();
    api.current.send("ADDED", object("a", 1));
    api.current.send("DELETED", object("unknown", 5));
    await settled();
    expect(events).toEqual(["added a 1"]);
  });

  it("updates cache and indexes before it reports a change", async () => {
    const { api, stop, set } = start([object("a", 1)]);
    const informer = set.informer<KubeObject>(CONFIG_MAPS, { indexes: { team: byTeam } });
    set.start(stop.signal);
    await settled();
    const seen: unknown[] = [];
    informer.onChange(() => seen.push([informer.byIndex("team", "x").length, informer.byIndex("team", "y").length]));
    api.current.send("MODIFIED", object("a", 2, { team: "y" }));
    api.current.send("DELETED", object("a", 3, { team: "y" }));
    await settled();
    expect(seen).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it("continues when a handler, index or transform throws", async () => {
    const { api, stop, lines, set } = start([object("a", 1)]);
    const informer = set.informer<KubeObject>(CONFIG_MAPS, { indexes: { bad: boom, team: byTeam }, transform: boom });
    const events: string[] = [];
    informer.onChange(boom);
    informer.onChange((event) => events.push(text(event)));
    set.start(stop.signal);
    await settled();
    api.current.send("ADDED", object("b", 2));
    await settled();
    expect(events).toEqual(["added a 1", "added b 2"]);
    expect([informer.synced, informer.byIndex("team", "x").length, api.watches.length]).toEqual([true, 2, 1]);
    expect(new Set(lines.map(({ level, message }) => `${level}: ${message}`))).toEqual(
      new Set([
        "error: A handler failed",
        "error: An index function failed",
        "error: Transforming an object failed; caching it unchanged",
      ]),
    );
  });

  it("keeps immutable, transformed objects without managedFields", async () => {
    const { metadata, ...rest } = object("a", 1);
    const { stop, set } = start([
      { ...rest, metadata: { ...metadata, managedFields: [{}] } as KubeObject["metadata"] },
    ]);
    const informer = set.informer<KubeObject>(CONFIG_MAPS, {
      transform: (whole) => ({ ...whole, metadata: { ...whole.metadata, labels: { team: "transformed" } } }),
    });
    set.start(stop.signal);
    await settled();
    const kept = informer.get("n/a");
    expect(kept?.metadata).toEqual({ ...metadata, labels: { team: "transformed" } });
    expect(() => Object.assign(kept?.metadata.labels ?? {}, { team: "y" })).toThrow(TypeError);
  });
});

describe("InformerSet", () => {
  it("shares one informer, with its list, watch and combined indexes, among equal requests", async () => {
    const { api, stop, set } = start([object("a", 1)]);
    const first = set.informer<KubeObject>(CONFIG_MAPS, { namespace: "n", indexes: { team: byTeam } });
    const second = set.informer<KubeObject>(CONFIG_MAPS, {
      namespace: "n",
      indexes: { uid: (o) => [o.metadata.uid ?? ""] },
    });
    set.start(stop.signal);
    await settled();
    expect(second).toBe(first);
    expect([first.byIndex("team", "x").length, first.byIndex("uid", "uid-a").length]).toEqual([1, 1]);
    expect([api.lists.length, api.watches.length]).toEqual([1, 1]);
  });

  it("has another informer for another resource, namespace or selector", () => {
    const { set } = start();
    const informers = [
      set.informer(CONFIG_MAPS),
      set.informer(PODS),
      set.informer(CONFIG_MAPS, { namespace: "n" }),
      set.informer(CONFIG_MAPS, { labelSelector: "a=b" }),
    ];
    expect(new Set<unknown>(informers).size).toBe(4);
  });

  it("refuses a second transform for one informer", () => {
    const { set } = start();
    set.informer(CONFIG_MAPS);
    expect(() => set.informer(CONFIG_MAPS, { transform: (whole) => whole })).toThrow("Two transforms for one informer");
  });

  it("is synced when every informer is, not before", async () => {
    const { api, stop, set } = start();
    set.informer(CONFIG_MAPS);
    set.informer(PODS);
    const answer = Promise.withResolvers<never>();
    const list = api.list.bind(api);
    api.list = (resource, options) => (resource === PODS ? answer.promise : list(resource, options));
    const synced = set.synced(stop.signal);
    set.start(stop.signal);
    await settled();
    expect(set.isSynced).toBe(false);
    answer.resolve({ metadata: { resourceVersion: "1" }, items: [] } as never);
    expect(await synced).toBe(true);
    expect(set.isSynced).toBe(true);
  });

  it("says that it did not sync when it is stopped before", async () => {
    const { stop, set } = start();
    set.informer(CONFIG_MAPS);
    const synced = set.synced(stop.signal);
    stop.abort();
    expect(await synced).toBe(false);
  });

  it("runs an informer that is asked for after the start", async () => {
    const { stop, set } = start([object("a", 1)]);
    set.start(stop.signal);
    const informer = set.informer<KubeObject>(CONFIG_MAPS);
    await settled();
    expect(informer.get("n/a")).toBeDefined();
  });
});
