import { describe, expect, it } from "vitest";
import { refusalFault } from "./refusal.ts";

const attempt = { verb: "create", what: 'Pod "clauderon-web"', namespace: "clauderon" };
const fault = (status: number, message: string, details: object = {}) =>
  refusalFault({ status, reason: "Any", message, details }, attempt);

describe("refusalFault", () => {
  it.each<[number, string, string, readonly [RegExp, RegExp]]>([
    [
      404,
      'namespaces "clauderon" not found',
      "CONFIG_INVALID",
      [/"clauderon" is not in the cluster/, /^kubectl create namespace clauderon$/],
    ],
    [
      422,
      "spec.containers[0].image: Required value",
      "SPEC_INVALID",
      [/Pod "clauderon-web".*Required value/, /\[kubernetes\]/],
    ],
    [403, "pods is forbidden: exceeded quota: small", "CLUSTER_REFUSED", [/exceeded quota: small/, /resourcequota/]],
    [403, 'violates PodSecurity "restricted:latest"', "CLUSTER_REFUSED", [/PodSecurity/, /level it enforces/]],
    [
      403,
      'User "me" cannot create resource "pods"',
      "CLUSTER_REFUSED",
      [/cannot create resource/, /docs\/kubernetes.md/],
    ],
    [
      403,
      "unable to create new content in namespace clauderon because it is being terminated",
      "CLUSTER_REFUSED",
      [/terminated/, /Wait until it is gone/],
    ],
    [401, "Unauthorized", "CLUSTER_REFUSED", [/Unauthorized/, /Log in/]],
    [500, "etcdserver: request timed out", "CLUSTER_REFUSED", [/timed out/, /tries again/]],
  ])("explains %i (%s)", (status, words, code, [message, hint]) => {
    const told = fault(status, words);
    expect(told.code).toBe(code);
    expect(told.message).toMatch(message);
    expect(told.hint).toMatch(hint);
  });

  it("does not mistake another missing object for the namespace", () => {
    expect(fault(404, 'persistentvolumeclaims "x" not found', { kind: "persistentvolumeclaims", name: "x" }).code).toBe(
      "CLUSTER_REFUSED",
    );
  });
});
