import type { KubeObject } from "@clauderon/base";
import { expect, it } from "vitest";
import { KeptForms } from "./keptForms.ts";

const object = (uid: string, more: object = {}) =>
  ({
    metadata: { name: "a", uid, resourceVersion: "1", managedFields: [] },
    spec: { size: 1 },
    ...more,
  }) as unknown as KubeObject;

it("KeptForms knows an object again whose status, version or place in a list changed, and nothing else", () => {
  const kept = new KeptForms();
  expect(kept.has(object("u"))).toBe(false);
  kept.remember(object("u"));
  const metadata = { name: "a", uid: "u", resourceVersion: "2" };
  expect(kept.has(object("u", { apiVersion: "v1", kind: "Thing", metadata, status: { active: 1 } }))).toBe(true);
  expect(kept.has(object("u", { spec: { size: 2 } }))).toBe(false);
  expect(kept.has(object("u", { metadata: { ...metadata, labels: { a: "b" } } }))).toBe(false);
  expect(kept.has(object("other"))).toBe(false);
});

it("KeptForms forgets the oldest objects above its capacity", () => {
  const kept = new KeptForms(2);
  for (const uid of ["a", "b", "a", "c"]) kept.remember(object(uid));
  expect(["a", "b", "c"].map((uid) => kept.has(object(uid)))).toEqual([true, false, true]);
});
