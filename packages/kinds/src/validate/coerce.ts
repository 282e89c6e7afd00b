import type { StructuralSchema } from "../schema/structuralSchema.ts";

/**
 * Changes a value as the API server does before validation: prunes unknown fields, removes nulls (none of our fields is
 * nullable), and fills in defaults ("Field pruning", "Defaulting and Nullable" in the Kubernetes documentation).
 */
export function coerce(value: unknown, schema: StructuralSchema): unknown {
  const { items } = schema;
  if (Array.isArray(value)) return items === undefined ? value : value.map((item) => coerce(item, items));
  if (!isObject(value)) return value;
  const given = Object.entries(value).flatMap(([name, member]) => {
    const known = memberSchema(schema, name);
    return member === null || member === undefined || known === undefined
      ? []
      : [[name, coerce(member, known)] as const];
  });
  const defaults = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    property.default === undefined ? [] : [[name, property.default] as const],
  );
  return Object.fromEntries([...defaults, ...given]);
}

/** The paths of unknown fields, which a strict API server refuses. */
export function unknownFields(value: unknown, schema: StructuralSchema | undefined, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => unknownFields(item, schema?.items, `${path}[${index}]`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const known = schema === undefined ? undefined : memberSchema(schema, name);
    return known === undefined ? [at] : unknownFields(member, known, at);
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function memberSchema(schema: StructuralSchema, name: string): StructuralSchema | undefined {
  const properties = schema.properties ?? {};
  return Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
}
