import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1.js";
import type { Kind } from "../kind.ts";
import { KINDS } from "../kinds.ts";
import { type StructuralSchema, structuralSchema } from "./structuralSchema.ts";

/** The schema of a kind, including its status. */
export function kindSchema(kind: Kind): StructuralSchema {
  return {
    type: "object",
    description: kind.description,
    required: ["spec"],
    properties: {
      apiVersion: { type: "string", description: `API version of the object: ${kind.group}/${kind.version}.` },
      kind: { type: "string", description: `Kind of the object: ${kind.kind}.` },
      metadata: { type: "object" },
      spec: { description: `Desired state of the ${kind.kind}.`, ...structuralSchema(kind.spec) },
      status: {
        description: `State of the ${kind.kind} as the operator observed it. Only the operator writes it.`,
        ...structuralSchema(kind.status),
      },
    },
  };
}

/** The CustomResourceDefinition of a kind. */
export function crd(kind: Kind): CustomResourceDefinition {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: [...kind.shortNames],
        categories: ["thurkube", "agents"],
      },
      scope: "Namespaced",
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: kindSchema(kind) as object },
          subresources: { status: {} },
          additionalPrinterColumns: kind.columns.map((column) => ({ ...column })),
        },
      ],
    },
  };
}

/** All eight CustomResourceDefinitions, in the order of {@link KINDS}. */
export function crds(): CustomResourceDefinition[] {
  return KINDS.map(crd);
}
