import { addFinalizer, removeFinalizer } from "@clauderon/controller";
import { CONFIG_MAPS } from "@clauderon/kube";
import { describe, expect, it } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { type ConfigMapObject, configMap } from "./configMaps.ts";

const OURS = "ours.example/cleanup";
const THEIRS = "theirs.example/cleanup";

const { client } = await useApiServer();

const at = (name: string) => ({ namespace: "default", name });

function create(name: string, finalizers: readonly string[] = []): Promise<ConfigMapObject> {
  return client.create(CONFIG_MAPS, { ...configMap(name), metadata: { ...at(name), finalizers } });
}

const setFinalizers = (name: string, finalizers: readonly string[]) =>
  client.patch(CONFIG_MAPS, at(name), { metadata: { finalizers } });

const finalizersOf = async (name: string) => (await client.get(CONFIG_MAPS, at(name)))?.metadata.finalizers;

describe("addFinalizer", () => {
  it("adds its entry once, to an empty list and to entries of others", async () => {
    const bare = await create("add-none");
    expect((await addFinalizer(client, CONFIG_MAPS, bare, OURS))?.metadata.finalizers).toEqual([OURS]);
    const shared = await addFinalizer(client, CONFIG_MAPS, await create("add-beside", [THEIRS]), OURS);
    expect(shared?.metadata.finalizers).toEqual([THEIRS, OURS]);
    expect(shared && (await addFinalizer(client, CONFIG_MAPS, shared, OURS))).toBe(shared);
  });

  it.each([
    ["none", []],
    ["another list", ["old.example/x"]],
  ])("keeps what others added while the cache still showed %s", async (what, cached) => {
    const name = `add-stale-${what.length}`;
    const stale = await create(name, cached);
    await setFinalizers(name, [THEIRS]);
    await addFinalizer(client, CONFIG_MAPS, stale, OURS);
    expect(await finalizersOf(name)).toEqual([THEIRS, OURS]);
  });

  it("adds its entry once when two writers add it at the same time", async () => {
    const stale = await create("add-twice", [THEIRS]);
    await Promise.all([1, 2].map(() => addFinalizer(client, CONFIG_MAPS, stale, OURS)));
    await addFinalizer(client, CONFIG_MAPS, stale, OURS);
    expect(await finalizersOf("add-twice")).toEqual([THEIRS, OURS]);
  });

  it("refuses an object that is being deleted, with the server's words", async () => {
    await create("add-late", [THEIRS]);
    const before = await client.get(CONFIG_MAPS, at("add-late"));
    await client.delete(CONFIG_MAPS, at("add-late"));
    if (before === undefined) throw new Error("Not created");
    await expect(addFinalizer(client, CONFIG_MAPS, before, OURS)).rejects.toThrow("no new finalizers can be added");
  });
});

describe("removeFinalizer", () => {
  it("removes its own entry and no other, wherever the cache showed it", async () => {
    const stale = await create("remove-stale", [OURS]);
    await setFinalizers("remove-stale", [THEIRS, OURS, "more.example/x"]);
    await removeFinalizer(client, CONFIG_MAPS, stale, OURS);
    expect(await finalizersOf("remove-stale")).toEqual([THEIRS, "more.example/x"]);
  });

  it("changes nothing when the entry was already removed", async () => {
    const stale = await create("remove-twice", [OURS]);
    await setFinalizers("remove-twice", [THEIRS]);
    const live = await removeFinalizer(client, CONFIG_MAPS, stale, OURS);
    expect(live?.metadata.finalizers).toEqual([THEIRS]);
  });

  it("lets the object be deleted when its entry was the last, and reports it", async () => {
    const last = await create("remove-last", [OURS]);
    await client.delete(CONFIG_MAPS, at("remove-last"));
    await removeFinalizer(client, CONFIG_MAPS, last, OURS);
    expect(await client.get(CONFIG_MAPS, at("remove-last"))).toBeUndefined();
    expect(await removeFinalizer(client, CONFIG_MAPS, last, OURS)).toBeUndefined();
  });

  it("leaves a later object of the same name alone", async () => {
    const first = await create("remove-reborn", [OURS]);
    await setFinalizers("remove-reborn", []);
    await client.delete(CONFIG_MAPS, at("remove-reborn"));
    await create("remove-reborn", [OURS]);
    expect(await removeFinalizer(client, CONFIG_MAPS, first, OURS)).toBeUndefined();
    expect(await finalizersOf("remove-reborn")).toEqual([OURS]);
  });
});

it("many writers that add and remove finalizers at the same time lose no entry", async () => {
  const stale = await create("race");
  const names = Array.from({ length: 8 }, (_, index) => `w${index}.example/x`);
  await Promise.all(names.map((name) => addFinalizer(client, CONFIG_MAPS, stale, name)));
  expect((await finalizersOf("race"))?.toSorted()).toEqual(names);
  const full = await client.get(CONFIG_MAPS, at("race"));
  if (full === undefined) throw new Error("It is gone");
  const leaving = names.slice(0, 4);
  const coming = ["n1.example/x", "n2.example/x", "n3.example/x"];
  await Promise.all([
    ...leaving.map((name) => removeFinalizer(client, CONFIG_MAPS, full, name)),
    ...coming.map((name) => addFinalizer(client, CONFIG_MAPS, full, name)),
  ]);
  expect((await finalizersOf("race"))?.toSorted()).toEqual([...coming, ...names.slice(4)].toSorted());
});
