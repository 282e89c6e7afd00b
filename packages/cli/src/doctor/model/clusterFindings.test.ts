import { expect, it } from "vitest";
import { userFindings, versionFinding } from "./clusterFindings.ts";

const URL = "https://127.0.0.1:6443";

it.each([
  ["v1.28.0", "ok"],
  ["v1.28.15-gke.1069000", "ok"],
  ["v1.34.4", "ok"],
  ["v2.0.0", "ok"],
  ["v1.27.16", "missing"],
  ["v1.9.11", "missing"],
])("versionFinding of %s is %s", (version, state) => {
  expect(versionFinding(version, URL, "me")).toMatchObject({ state, message: `${version} at ${URL}, as me` });
});

it("versionFinding of an old server says which version is needed", () => {
  expect(versionFinding("v1.27.16", URL, undefined)).toEqual({
    name: "cluster",
    state: "missing",
    message: `v1.27.16 at ${URL}`,
    fix: "Upgrade the cluster to Kubernetes 1.28 or newer",
  });
});

it("userFindings reports an unknown user, and nothing about a known one", () => {
  expect(userFindings("me")).toEqual([]);
  expect(userFindings(undefined)).toEqual([expect.objectContaining({ name: "user", state: "missing" })]);
});
