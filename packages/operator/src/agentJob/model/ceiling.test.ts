import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import { describe, expect, it } from "vitest";
import { beyondCeiling } from "./ceiling.ts";

const rule = (verbs: string[], resources: string[], apiGroups = [""], resourceNames?: string[]): PolicyRule => ({
  verbs,
  resources,
  apiGroups,
  ...(resourceNames === undefined ? {} : { resourceNames }),
});

const CEILING: readonly PolicyRule[] = [
  rule(["get", "list"], ["pods", "services"]),
  rule(["get"], ["*/log"]),
  rule(["update"], ["deployments"], ["apps"], ["web"]),
  rule(["*"], ["*"], ["example.com"]),
  { verbs: ["get"], nonResourceURLs: ["/metrics", "/api*"] },
];

describe("beyondCeiling", () => {
  it.each<[string, PolicyRule[]]>([
    ["what it lists", [rule(["get", "list"], ["pods"])]],
    ["one name where it gives all", [rule(["get"], ["pods"], [""], ["a"])]],
    ["the only name it gives", [rule(["update"], ["deployments"], ["apps"], ["web"])]],
    ["a subresource by wildcard", [rule(["get"], ["pods/log"])]],
    [
      "anything in a group given whole, wildcards too",
      [rule(["*"], ["*"], ["example.com"]), rule(["delete"], ["x/y"], ["example.com"])],
    ],
    ["a path and one below a prefix", [{ verbs: ["get"], nonResourceURLs: ["/metrics", "/apis"] }]],
    ["no rules", []],
  ])("lets through %s", (_what, rules) => {
    expect(beyondCeiling(rules, CEILING)).toBeUndefined();
  });

  it.each<[string, PolicyRule[], string]>([
    ["another verb", [rule(["get", "delete"], ["pods"])], "delete pods"],
    ["another resource", [rule(["get"], ["pods", "secrets"])], "get secrets"],
    ["another group", [rule(["get"], ["pods"], ["batch"])], "get pods.batch"],
    ["a verb wildcard over listed verbs", [rule(["*"], ["pods"])], "* pods"],
    ["a resource wildcard over listed resources", [rule(["get"], ["*"])], "get *"],
    ["a group wildcard over listed groups", [rule(["get"], ["pods"], ["*"])], "get pods.*"],
    ["every name where it gives one", [rule(["update"], ["deployments"], ["apps"])], "update deployments.apps"],
    ["another name", [rule(["update"], ["deployments"], ["apps"], ["web", "db"])], 'update deployments.apps "db"'],
    ["the resource whose subresource it gives", [rule(["get"], ["nodes"])], "get nodes"],
    ["another path", [{ verbs: ["get"], nonResourceURLs: ["/healthz"] }], "get /healthz"],
    ["a second rule", [rule(["get"], ["pods"]), rule(["create"], ["jobs"], ["batch"])], "create jobs.batch"],
  ])("names %s", (_what, rules, excess) => {
    expect(beyondCeiling(rules, CEILING)).toBe(excess);
  });

  it("returns nothing when there is no ceiling", () => {
    expect(beyondCeiling([rule(["get"], ["pods"])], [])).toBe("get pods");
  });
});
