import { KINDS } from "@clauderon/kinds";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { crdYaml } from "./crdCommand.ts";

describe("crdYaml", () => {
  it("prints one YAML document for each of the eight kinds", () => {
    const documents = parseAllDocuments(crdYaml()).map(
      (document) => document.toJS() as { kind: string; spec: { names: { kind: string } } },
    );
    expect(documents.every(({ kind }) => kind === "CustomResourceDefinition")).toBe(true);
    expect(documents.map(({ spec }) => spec.names.kind)).toEqual(KINDS.map(({ kind }) => kind));
    expect(documents).toHaveLength(8);
  });
});
