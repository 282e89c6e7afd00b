import type { WireObject } from "@clauderon/base";
import { crds, type StructuralSchema } from "@clauderon/kinds";
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1.js";

export type LiveCrd = WireObject<CustomResourceDefinition>;

/**
 * What the CRDs of the cluster are missing of those that this operator was built with, such as `AgentJob has no .status.runs`.
 * The API server drops what its CRD does not have, so the operator would read half a spec and write half a status. Fields
 * count, not versions: a newer CRD has them all, and no one can forget to raise a number.
 */
export function crdGaps(live: readonly LiveCrd[]): readonly string[] {
  return crds().flatMap(({ metadata, spec }) => {
    const { kind } = spec.names;
    const found = live.find((crd) => crd.metadata.name === metadata?.name);
    if (found === undefined) return [`${kind} is not installed`];
    return schemasOf(spec).flatMap(([version, wanted]) => {
      const schema = schemasOf(found.spec).find(([name]) => name === version)?.[1];
      if (schema === undefined) return [`${kind} has no version ${version}`];
      return missing(wanted, schema, "").map((path) => `${kind} has no ${path}`);
    });
  });
}

/** Why no run starts, and what to do; undefined without gaps. */
export function crdProblem(gaps: readonly string[]): string | undefined {
  const [first, ...rest] = gaps;
  if (first === undefined) return undefined;
  const more = rest.length === 0 ? "" : ` and ${rest.length} more`;
  return `The CRDs are older than the operator: ${first}${more}. ${UPGRADE}`;
}

const UPGRADE = "Upgrade the CRDs: thurkube --crd | kubectl apply --server-side -f -";

function schemasOf(spec: CustomResourceDefinition["spec"]): readonly (readonly [string, Schema])[] {
  return spec.versions.map(({ name, schema }) => [name, (schema?.openAPIV3Schema ?? {}) as Schema] as const);
}

type Schema = StructuralSchema & { readonly "x-kubernetes-preserve-unknown-fields"?: boolean };

/** Paths of the fields of `wanted` that `live` does not have; a missing field counts once, not with all that is below it. */
function missing(wanted: StructuralSchema, live: Schema, path: string): readonly string[] {
  if (live["x-kubernetes-preserve-unknown-fields"] === true) return [];
  const ofFields = Object.entries(wanted.properties ?? {}).flatMap(([name, field]) => {
    const other = live.properties?.[name];
    return other === undefined ? [`${path}.${name}`] : missing(field, other, `${path}.${name}`);
  });
  const { items } = wanted;
  const ofItems = items === undefined ? [] : missing(items, live.items ?? {}, `${path}[]`);
  return [...ofFields, ...ofItems];
}
