import { describe, expect, it } from "vitest";
import { KINDS } from "../kinds.ts";
import { crd, crds, kindSchema } from "./crd.ts";
import type { StructuralSchema } from "./structuralSchema.ts";

/** Paths of a schema's fields, with the schema of each. */
function fields(schema: StructuralSchema, path: string): [string, StructuralSchema][] {
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    fields(property, `${path}.${name}`),
  );
  return [[path, schema], ...members, ...(schema.items === undefined ? [] : fields(schema.items, `${path}[]`))];
}

describe("crds", () => {
  it("are the eight kinds, with their short names", () => {
    const names = crds().map(({ spec }) => [spec.names.kind, spec.names.plural, spec.names.shortNames?.join()]);
    expect(names).toEqual([
      ["AgentJob", "agentjobs", "aj"],
      ["AgentRuntime", "agentruntimes", "ar"],
      ["AgentAuth", "agentauths", "aa"],
      ["AgentRole", "agentroles", "arl"],
      ["AgentSkill", "agentskills", "ask"],
      ["McpServer", "mcpservers", "mcp"],
      ["Repository", "repositories", "repo"],
      ["ClusterAccess", "clusteraccesses", "ca"],
    ]);
  });

  it("require exactly the documented fields of a spec", () => {
    const required = KINDS.map((kind) => [kind.kind, kindSchema(kind).properties?.["spec"]?.required?.toSorted()]);
    expect(Object.fromEntries(required)).toEqual({
      AgentJob: ["authRef", "prompt", "roleRef", "runtimeRef"],
      AgentRuntime: ["authEnvVar", "configPath", "image", "persistPath"],
      AgentAuth: ["secretRef"],
      AgentRole: ["allowedTools"],
      AgentSkill: ["name", "repo"],
      McpServer: undefined,
      Repository: ["name", "owner"],
      ClusterAccess: ["rules"],
    });
  });

  it("have the documented defaults", () => {
    const defaults = KINDS.flatMap((kind) =>
      fields(kindSchema(kind).properties?.["spec"] ?? {}, kind.kind)
        .filter(([path, schema]) => schema.default !== undefined && !path.includes("[]"))
        .map(([path, schema]) => [path, schema.default]),
    );
    expect(Object.fromEntries(defaults)).toEqual({
      "AgentJob.timezone": "Etc/UTC",
      "AgentJob.suspend": false,
      "AgentJob.timeoutSeconds": 3600,
      "AgentJob.egress.mode": "Enforce",
      "AgentJob.egress.accessMode": "ReadWrite",
      "AgentJob.persist": false,
      "AgentJob.persistence.size": "1Gi",
      "AgentSkill.ref": "main",
    });
  });

  it("explain every field", () => {
    const silent = KINDS.flatMap((kind) => fields(kindSchema(kind), kind.kind))
      .filter(
        ([path, schema]) => schema.description === undefined && !path.endsWith("[]") && !path.endsWith(".metadata"),
      )
      .map(([path]) => path);
    expect(silent).toEqual([]);
  });

  it("have a status that only its own subresource writes", () => {
    for (const { spec } of crds()) expect(spec.versions[0]?.subresources).toEqual({ status: {} });
  });

  it("show the documented columns for an AgentJob, and more only on request", () => {
    const [agentJob] = crds();
    const columns = agentJob?.spec.versions[0]?.additionalPrinterColumns ?? [];
    expect(columns.filter(({ priority }) => priority !== 1).map(({ name, type }) => [name, type])).toEqual([
      ["Schedule", "string"],
      ["Suspended", "boolean"],
      ["Phase", "string"],
      ["Last Run", "date"],
    ]);
  });

  it("are the same each time they are generated", () => {
    for (const kind of KINDS) expect(JSON.stringify(crd(kind))).toBe(JSON.stringify(crd(kind)));
  });
});
