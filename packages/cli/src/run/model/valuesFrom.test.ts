import type { AgentJob } from "@clauderon/kinds";
import { describe, expect, it } from "vitest";
import { ManifestSet } from "./manifestSet.ts";
import { ManifestValues } from "./valuesFrom.ts";

const decode = (text: string): string => Buffer.from(text, "base64").toString();
const secret = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "s" },
  data: { A: "YQ==" },
  stringData: { B: "b" },
};
const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { C: "c" } };
const values = new ManifestValues(new ManifestSet([secret, configMap]), decode);

const job = (spec: Partial<AgentJob["spec"]>): AgentJob => ({ metadata: { name: "j" }, spec }) as AgentJob;

describe("ManifestValues", () => {
  it("reads a Secret's data and stringData", () => {
    expect([values.secret("s", "A")?.reveal(), values.secret("s", "B")?.reveal()]).toEqual(["a", "b"]);
    expect([values.secret("s", "Z"), values.secret("z", "A")]).toEqual([undefined, undefined]);
  });

  it("resolves variables as a pod would: envFrom first, with its prefix, then env", () => {
    const variables = values.variables(
      job({
        envFrom: [{ secretRef: { name: "s" }, prefix: "P_" }, { configMapRef: { name: "c" } }],
        env: [
          { name: "C", value: "own" },
          { name: "EMPTY" },
          { name: "KEY", valueFrom: { secretKeyRef: { name: "s", key: "A" } } },
          { name: "GONE", valueFrom: { configMapKeyRef: { name: "c", key: "Z", optional: true } } },
        ],
      }),
    );
    expect(variables).toEqual({ P_A: "a", P_B: "b", C: "own", EMPTY: "", KEY: "a" });
  });

  it("reports which variables come from Secrets", () => {
    const names = values.secretVariables(
      job({
        envFrom: [{ secretRef: { name: "s" }, prefix: "P_" }, { configMapRef: { name: "c" } }],
        env: [
          { name: "PLAIN", value: "own" },
          { name: "KEY", valueFrom: { secretKeyRef: { name: "s", key: "A" } } },
        ],
      }),
    );
    expect(names).toEqual(["P_A", "P_B", "KEY"]);
  });

  it("names the Secret or key that is missing from the manifests", () => {
    expect(() => values.variables(job({ envFrom: [{ secretRef: { name: "gone" } }] }))).toThrow(
      'Secret "gone" is not in the manifests',
    );
    const env = [{ name: "K", valueFrom: { secretKeyRef: { name: "s", key: "Z" } } }];
    expect(() => values.variables(job({ env }))).toThrow('Key "Z" of Secret "s" is not in the manifests');
  });

  it("refuses a value that exists only in a pod", () => {
    const env = [{ name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }];
    expect(() => values.variables(job({ env }))).toThrow(/Variable IP takes its value from a pod field/);
  });
});
