import { crds } from "@clauderon/kinds";
import { describe, expect, it } from "vitest";
import { crdGaps, crdProblem, type LiveCrd } from "./crdGaps.ts";

const installed = (): LiveCrd[] => JSON.parse(JSON.stringify(crds())) as LiveCrd[];

/** The CRDs of the cluster after a change of the schema of that kind. */
function changed(kind: string, change: (schema: Schema) => void): readonly LiveCrd[] {
  const all = installed();
  const found = all.find(({ spec }) => spec.names.kind === kind);
  change(found?.spec.versions[0]?.schema?.openAPIV3Schema as unknown as Schema);
  return all;
}

interface Schema {
  readonly properties: Record<string, Schema>;
  readonly items: Schema;
}

describe("crdGaps", () => {
  it("finds none in the CRDs of the operator's own version, and none in newer ones", () => {
    expect(crdGaps(installed())).toEqual([]);
    const newer = changed("AgentJob", ({ properties }) => {
      Object.assign(properties["spec"]?.properties ?? {}, { budget: { type: "string" } });
    });
    expect(crdGaps(newer)).toEqual([]);
  });

  it("names fields that are missing in spec, status and lists, without those below them", () => {
    const older = changed("AgentJob", ({ properties: { spec, status } }) => {
      delete spec?.properties["persistence"];
      delete spec?.properties["env"]?.items.properties["valueFrom"];
      delete status?.properties["runs"];
    });
    expect(crdGaps(older)).toEqual([
      "AgentJob has no .spec.env[].valueFrom",
      "AgentJob has no .spec.persistence",
      "AgentJob has no .status.runs",
    ]);
  });

  it("names kinds and versions that are missing, of every kind", () => {
    const other = installed().map((crd) => {
      const [version] = crd.spec.versions;
      if (crd.spec.names.kind !== "AgentRole" || version === undefined) return crd;
      return { ...crd, spec: { ...crd.spec, versions: [{ ...version, name: "v1alpha0" }] } };
    });
    const without = other.filter(({ spec }) => spec.names.kind !== "McpServer");
    expect(crdGaps(without)).toEqual(["AgentRole has no version v1alpha1", "McpServer is not installed"]);
  });
});

it("crdProblem says what is missing and how to upgrade the CRDs", () => {
  expect(crdProblem([])).toBeUndefined();
  expect(crdProblem(["AgentJob has no .status.runs", "AgentRole has no .spec.x", "McpServer is not installed"])).toBe(
    "The CRDs are older than the operator: AgentJob has no .status.runs and 2 more. " +
      "Upgrade the CRDs: thurkube --crd | kubectl apply --server-side -f -",
  );
});
