import { describe, expect, it } from "vitest";
import { CLUSTER_ROLES, CONFIG_MAPS, JOBS, NAMESPACES } from "./resource.ts";
import { collectionPath, objectPath, queryString } from "./resourcePath.ts";

describe("paths of the API", () => {
  it("follow group, scope and subresource", () => {
    expect(collectionPath(CONFIG_MAPS)).toBe("/api/v1/configmaps");
    expect(collectionPath(JOBS, "team-a")).toBe("/apis/batch/v1/namespaces/team-a/jobs");
    expect(objectPath(JOBS, { namespace: "team-a", name: "one" }, "status")).toBe(
      "/apis/batch/v1/namespaces/team-a/jobs/one/status",
    );
    expect(objectPath(CLUSTER_ROLES, { name: "system:node" })).toBe(
      "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode",
    );
  });

  it("encode every name, so that no name can leave its segment", () => {
    expect(objectPath(CONFIG_MAPS, { namespace: "a/b?c", name: "../secrets/x#é %" })).toBe(
      "/api/v1/namespaces/a%2Fb%3Fc/configmaps/..%2Fsecrets%2Fx%23%C3%A9%20%25",
    );
  });

  it.each(["", ".", ".."])("refuse the name %j, which would address something else", (name) => {
    expect(() => objectPath(CONFIG_MAPS, { namespace: "default", name })).toThrow(
      new TypeError(`"${name}" cannot be the name of ConfigMap`),
    );
    expect(() => collectionPath(CONFIG_MAPS, name)).toThrow(
      new TypeError(`"${name}" cannot be the namespace of ConfigMap`),
    );
  });

  it("refuse a namespaced object without namespace and a cluster-scoped one with it", () => {
    expect(() => objectPath(CONFIG_MAPS, { name: "settings" })).toThrow(
      new TypeError('ConfigMap "settings" is namespaced, but no namespace was given'),
    );
    expect(() => objectPath(NAMESPACES, { namespace: "default", name: "team-a" })).toThrow(
      new TypeError('Namespace is cluster-scoped, but namespace "default" was given'),
    );
  });

  it("carry only the parameters that are set", () => {
    expect(queryString({ limit: 5, continue: undefined, labelSelector: "a in (b,c)" })).toBe(
      "?limit=5&labelSelector=a+in+%28b%2Cc%29",
    );
    expect(queryString({})).toBe("");
  });
});
