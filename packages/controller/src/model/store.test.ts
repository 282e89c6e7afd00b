import type { KubeObject } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { Store } from "./store.ts";

const object = (name: string, owner: string, version = "1"): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "n", resourceVersion: version, labels: { owner } },
});
const byOwner = ({ metadata }: KubeObject) => metadata.labels?.owner?.split(",") ?? [];

function store(): Store<KubeObject> {
  const made = new Store<KubeObject>((_index, thrown) => {
    throw thrown;
  });
  made.addIndex("owner", byOwner);
  return made;
}

const found = (of: Store<KubeObject>, owner: string) => of.byIndex("owner", owner).map(({ metadata }) => metadata.name);

describe("Store", () => {
  it("finds an object under every value of an index", () => {
    const of = store();
    of.set(object("a", "x,y"));
    of.set(object("b", "y"));
    expect([found(of, "x"), found(of, "y"), found(of, "z")]).toEqual([["a"], ["a", "b"], []]);
  });

  it("moves an object from its old places to its new ones when it is updated", () => {
    const of = store();
    of.set(object("a", "x,y"));
    of.set(object("a", "y,z"));
    expect([found(of, "x"), found(of, "y"), found(of, "z")]).toEqual([[], ["a"], ["a"]]);
    expect(of.get("n/a")?.metadata.labels).toEqual({ owner: "y,z" });
  });

  it("removes a deleted object from all indexes, even when the index function's result has changed", () => {
    let answer = ["x"];
    const of = new Store<KubeObject>(() => undefined);
    of.addIndex("moody", () => answer);
    of.set(object("a", ""));
    answer = ["y"];
    of.delete("n/a");
    expect([of.byIndex("moody", "x"), of.byIndex("moody", "y"), of.list()]).toEqual([[], [], []]);
  });

  it("indexes existing objects when an index is added later", () => {
    const of = new Store<KubeObject>(() => undefined);
    of.set(object("a", "x"));
    of.addIndex("owner", byOwner);
    expect(found(of, "x")).toEqual(["a"]);
  });

  it("refuses an unknown index and a second function under one name", () => {
    const of = store();
    expect(() => of.byIndex("nope", "x")).toThrow('Unknown index "nope"');
    expect(() => of.addIndex("owner", () => [])).toThrow('Index "owner" already exists');
    expect(() => of.addIndex("owner", byOwner)).not.toThrow();
  });

  it("reports an index function that throws and keeps the object", () => {
    const reported: unknown[] = [];
    const of = new Store<KubeObject>((index, thrown) => reported.push([index, String(thrown)]));
    of.addIndex("bad", () => {
      throw new Error("boom");
    });
    of.set(object("a", "x"));
    expect(reported).toEqual([["bad", "Error: boom"]]);
    expect(of.get("n/a")).toBeDefined();
  });
});
