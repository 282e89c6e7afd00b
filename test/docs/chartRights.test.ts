import { KINDS } from "@clauderon/kinds";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type Manifest, manifests, type PolicyRule, renderChart, unpackHelms } from "./chart.ts";
import { excessiveRights } from "./chartRights.ts";

const rulesOf = (objects: readonly Manifest[], kind: string) =>
  objects.find((object) => object.kind === kind)?.rules ?? [];
const ceiling = (rules: readonly PolicyRule[]) => [`--set-json=clusterAccess.ceiling=${JSON.stringify(rules)}`];

vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 }); // Helm is a process, unpacked on first use.
beforeAll(unpackHelms);

describe("the operator's rights", () => {
  it("include no Secrets, no exec and no privilege escalation, cluster-wide or in its namespace", async () => {
    const objects = manifests(await renderChart("helm"));
    const rules = [...rulesOf(objects, "ClusterRole"), ...rulesOf(objects, "Role")];
    expect(rules.length).toBeGreaterThan(5);
    expect(excessiveRights(rules)).toEqual([]);
  });

  it("cover reading all eight kinds and writing their status", async () => {
    const rules = rulesOf(manifests(await renderChart("helm")), "ClusterRole");
    const may = (verb: string, resource: string) =>
      rules.some((rule) => rule.verbs.includes(verb) && rule.resources?.includes(resource) === true);
    for (const { plural } of KINDS) {
      expect([plural, may("get", plural), may("list", plural), may("watch", plural)]).toEqual([
        plural,
        true,
        true,
        true,
      ]);
      expect([plural, may("patch", `${plural}/status`)]).toEqual([plural, true]);
      expect([plural, may("delete", plural), may("create", plural)]).toEqual([plural, false, false]);
    }
  });

  it.each([
    ["configmaps", ["create", "get", "list", "patch", "watch"]],
    ["persistentvolumeclaims", ["create", "get", "list", "patch", "watch"]],
    ["serviceaccounts", ["create", "delete", "get", "list", "patch", "watch"]],
    ["jobs", ["create", "delete", "get", "list", "patch", "watch"]],
    ["cronjobs", ["create", "delete", "get", "list", "patch", "watch"]],
    ["clusterroles", ["create", "delete", "get", "list", "patch", "watch"]],
    ["clusterrolebindings", ["create", "delete", "get", "list", "patch", "watch"]],
    ["pods", ["get", "list", "watch"]],
    ["services", ["get", "list", "watch"]],
    ["events", ["create", "patch"]],
    ["customresourcedefinitions", ["get", "list", "watch"]],
  ])("on %s are those that the operator uses", async (resource, verbs) => {
    const rules = rulesOf(manifests(await renderChart("helm")), "ClusterRole");
    const held = rules.filter(({ resources }) => resources?.includes(resource) === true).flatMap((rule) => rule.verbs);
    expect(held.toSorted()).toEqual(verbs);
  });

  it("on CRDs are limited to the eight", async () => {
    const rules = rulesOf(manifests(await renderChart("helm")), "ClusterRole");
    const rule = rules.find(({ resources }) => resources?.includes("customresourcedefinitions") === true);
    expect(rule?.resourceNames).toEqual(KINDS.map(({ plural, group }) => `${plural}.${group}`));
  });

  it("include exactly the ceiling that values set", async () => {
    const rule = { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] };
    const own = rulesOf(manifests(await renderChart("helm", ceiling([]))), "ClusterRole");
    expect(rulesOf(manifests(await renderChart("helm", ceiling([rule]))), "ClusterRole")).toEqual([...own, rule]);
  });

  it("on Leases are in its own namespace only", async () => {
    const objects = manifests(await renderChart("helm"));
    const leases = (kind: string) =>
      rulesOf(objects, kind).filter((rule) => rule.resources?.includes("leases") === true);
    expect(leases("ClusterRole")).toEqual([]);
    expect(leases("Role").flatMap((rule) => rule.verbs)).toEqual(["create", "get", "update"]);
  });
});

describe("excessiveRights", () => {
  it.each([
    ["a Secret", { apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["get"] }, ["get secrets"]],
    ["exec", { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }, ["create pods/exec"]],
    [
      "escalate",
      { apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["get", "escalate"] },
      ["escalate clusterroles"],
    ],
    ["bind", { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["bind"] }, ["bind roles"]],
    ["any verb", { apiGroups: [""], resources: ["pods"], verbs: ["*"] }, ["* pods"]],
    ["any resource", { apiGroups: ["batch"], resources: ["*"], verbs: ["get"] }, ["get *"]],
    ["any group", { apiGroups: ["*"], resources: ["pods"], verbs: ["get"] }, ["get pods"]],
  ])("finds %s", (_what, rule, found) => {
    expect(excessiveRights([rule])).toEqual(found);
  });
});
