import type { WireObject } from "@clauderon/base";
import {
  type ApiError,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  CRDS,
  isAlreadyExists,
  isConflict,
  isInvalid,
  NAMESPACES,
  PODS,
  SERVICE_ACCOUNTS,
} from "@clauderon/kube";
import type { ConfigMap } from "kubernetes-types/core/v1.js";
import { describe, expect, it } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";

const { client } = await useApiServer();

const configMap = (name: string, data: Record<string, string> = {}): WireObject<ConfigMap> => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data,
});

const at = (name: string) => ({ namespace: "default", name });

describe("HttpKubeClient", () => {
  it("creates, gets, replaces and deletes an object", async () => {
    const created = await client.create(CONFIG_MAPS, configMap("life", { step: "created" }));
    expect(await client.get(CONFIG_MAPS, at("life"))).toEqual(created);
    const replaced = await client.replace(CONFIG_MAPS, { ...created, data: { step: "replaced" } });
    expect(replaced.data).toEqual({ step: "replaced" });
    expect(await client.delete(CONFIG_MAPS, at("life"))).toBe(true);
    expect(await client.delete(CONFIG_MAPS, at("life"))).toBe(false);
    expect(await client.get(CONFIG_MAPS, at("life"))).toBeUndefined();
  });

  it("refuses to create an existing name and to replace an outdated version", async () => {
    const created = await client.create(CONFIG_MAPS, configMap("twice"));
    const again = await client.create(CONFIG_MAPS, configMap("twice")).catch((error: unknown) => error);
    expect(isAlreadyExists(again)).toBe(true);
    expect(isConflict(again)).toBe(false);
    await client.replace(CONFIG_MAPS, { ...created, data: { by: "another" } });
    const stale = await client
      .replace(CONFIG_MAPS, { ...created, data: { by: "me" } })
      .catch((error: unknown) => error);
    expect(isConflict(stale)).toBe(true);
  });

  it("applies server-side: creates, owns its fields, keeps the fields of others, drops what it no longer applies", async () => {
    await client.apply(CONFIG_MAPS, configMap("shared", { mine: "1", more: "2" }), { fieldManager: "one" });
    await client.apply(CONFIG_MAPS, configMap("shared", { theirs: "3" }), { fieldManager: "two" });
    const live = await client.apply(CONFIG_MAPS, configMap("shared", { mine: "1" }), { fieldManager: "one" });
    expect(live.data).toEqual({ mine: "1", theirs: "3" });
  });

  it("names the field and its manager when an apply conflicts, and takes the field with force", async () => {
    await client.apply(CONFIG_MAPS, configMap("contested", { field: "1" }), { fieldManager: "one" });
    const mine = configMap("contested", { field: "2" });
    const refused = await client.apply(CONFIG_MAPS, mine, { fieldManager: "two" }).catch((error: unknown) => error);
    expect(isConflict(refused)).toBe(true);
    expect((refused as ApiError).details.causes).toEqual([
      { reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".data.field" },
    ]);
    const forced = await client.apply(CONFIG_MAPS, mine, { fieldManager: "two", force: true });
    expect(forced.data).toEqual({ field: "2" });
  });

  it("patches by JSON patch and by merge patch", async () => {
    await client.create(CONFIG_MAPS, configMap("patched", { a: "1", b: "2" }));
    await client.patch(CONFIG_MAPS, at("patched"), [
      { op: "test", path: "/data/a", value: "1" },
      { op: "replace", path: "/data/a", value: "3" },
    ]);
    const live = await client.patch(CONFIG_MAPS, at("patched"), { data: { b: null, c: "4" } });
    expect(live.data).toEqual({ a: "3", c: "4" });
  });

  it("writes nothing when the test of a JSON patch fails, and throws an error of its own type", async () => {
    await client.create(CONFIG_MAPS, configMap("tested", { a: "1" }));
    const refused = await client
      .patch(CONFIG_MAPS, at("tested"), [
        { op: "test", path: "/data/a", value: "other" },
        { op: "remove", path: "/data/a" },
      ])
      .catch((error: unknown) => error);
    expect(isInvalid(refused)).toBe(true);
    expect((await client.get(CONFIG_MAPS, at("tested")))?.data).toEqual({ a: "1" });
  });

  it("deletes only the object that a precondition names", async () => {
    const { metadata } = await client.create(CONFIG_MAPS, configMap("precious"));
    const other = { uid: "00000000-0000-0000-0000-000000000000" };
    const refused = await client.delete(CONFIG_MAPS, at("precious"), other).catch((error: unknown) => error);
    expect(isConflict(refused)).toBe(true);
    const old = await client.delete(CONFIG_MAPS, at("precious"), { resourceVersion: "1" }).catch((e: unknown) => e);
    expect(isConflict(old)).toBe(true);
    expect(await client.delete(CONFIG_MAPS, at("precious"), { uid: metadata.uid ?? "" })).toBe(true);
  });

  it("lists by pages, labels and fields, each item with its apiVersion and kind", async () => {
    const namespace = "paged";
    await client.create(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const names = Array.from({ length: 7 }, (_, index) => `page-${index}`);
    for (const name of names) {
      await client.create(CONFIG_MAPS, { ...configMap(name), metadata: { name, namespace, labels: { name } } });
    }
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await client.list(CONFIG_MAPS, {
        namespace,
        limit: 3,
        ...(next === undefined ? {} : { continue: next }),
      });
      seen.push(...page.items.map((item) => `${item.apiVersion} ${item.kind} ${item.metadata.name}`));
      next = page.metadata.continue;
    } while (next);
    expect(seen).toEqual(names.map((name) => `v1 ConfigMap ${name}`));
    const one = await client.list(CONFIG_MAPS, { labelSelector: "name in (page-3)" });
    expect(one.items.map((item) => item.metadata.name)).toEqual(["page-3"]);
    const other = await client.list(CONFIG_MAPS, { fieldSelector: "metadata.name=page-4" });
    expect(other.items.map((item) => item.metadata.name)).toEqual(["page-4"]);
  });

  it("writes and reads an object of 1 MiB", async () => {
    const text = "é".repeat(1024 * 512 - 1024);
    await client.apply(CONFIG_MAPS, configMap("big", { text }), { fieldManager: "one" });
    expect((await client.get(CONFIG_MAPS, at("big")))?.data).toEqual({ text });
  });

  it("writes a subresource without changing the rest", async () => {
    const created = await client.create(PODS, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "pod", namespace: "default" },
      spec: { containers: [{ name: "main", image: "none" }] },
    });
    const status = { phase: "Failed", message: "as reported" };
    await client.patch(PODS, at("pod"), { status }, { subresource: "status" });
    expect(await client.get(PODS, at("pod"))).toMatchObject({ spec: created.spec ?? {}, status });
  });

  it("requests a token through a subresource", async () => {
    await client.create(SERVICE_ACCOUNTS, { apiVersion: "v1", kind: "ServiceAccount", metadata: at("runner") });
    const path = "/api/v1/namespaces/default/serviceaccounts/runner/token";
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 600 } };
    const answer = await client.request("POST", path, { body });
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({ status: { token: expect.stringMatching(/^ey/) } });
    expect((await client.request("GET", "/readyz")).text).toBe("ok");
  });

  it("knows every resource it names", async () => {
    for (const resource of [CLUSTER_ROLES, CRDS, NAMESPACES, PODS]) {
      expect((await client.list(resource, { limit: 1 })).metadata.resourceVersion).toMatch(/^\d+$/);
    }
  });
});
