import { describe, expect, it } from "vitest";
import { defaultManifest } from "./defaultManifest.ts";

const JOB = {
  apiVersion: "thurkube.thurbeen.eu/v1alpha1",
  kind: "AgentJob",
  metadata: { name: "x", labels: { a: "b" } },
  spec: { runtimeRef: "a", authRef: "a", roleRef: "a", prompt: "x", skillRef: null, timezone: null, persistence: {} },
};

describe("defaultManifest", () => {
  it("fills in defaults at every depth, removes nulls, and keeps the rest", () => {
    const { skillRef: _null, ...given } = JOB.spec;
    const defaults = { timezone: "Etc/UTC", suspend: false, timeoutSeconds: 3600, persist: false };
    expect(defaultManifest(JOB)).toEqual({ ...JOB, spec: { ...given, ...defaults, persistence: { size: "1Gi" } } });
  });

  it("keeps set values, including false and 0", () => {
    const spec = { ...JOB.spec, suspend: true, timeoutSeconds: 0 };
    expect(defaultManifest({ ...JOB, spec }).spec).toMatchObject({ suspend: true, timeoutSeconds: 0 });
  });

  it("leaves objects of other kinds alone", () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } };
    expect(defaultManifest(secret)).toBe(secret);
  });
});
