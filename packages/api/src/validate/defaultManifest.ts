import type { KubeObject } from "@clauderon/base";
import { kindSchema } from "../schema/crd.ts";
import type { StructuralSchema } from "../schema/structuralSchema.ts";
import { kindOf } from "./kindOf.ts";

/**
 * The object with the defaults of its kind's schema filled in and stray nulls taken out, as the API server does before it
 * validates and stores; an object of another kind comes back as it is. The argument is not changed.
 */
export function defaultManifest<T extends KubeObject>(object: T): T {
  const kind = kindOf(object);
  return kind === undefined ? object : (withDefaults(object, kindSchema(kind)) as T);
}

/** A null counts as absent: none of our fields is nullable (Kubernetes, "Defaulting and Nullable"). */
export function withDefaults(value: unknown, schema: StructuralSchema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaults(item, schema?.items));
  if (typeof value !== "object" || value === null) return value;
  const defaults = Object.entries(schema?.properties ?? {}).map(([name, property]) => [name, property.default]);
  const members = Object.fromEntries([...defaults, ...Object.entries(value).filter(([, member]) => member !== null)]);
  const entries = Object.entries(members as Record<string, unknown>)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [name, withDefaults(member, memberSchema(schema, name))]);
  return Object.fromEntries(entries);
}

/** The schema of one member of an object; undefined where the schema does not know it. */
export function memberSchema(schema: StructuralSchema | undefined, name: string): StructuralSchema | undefined {
  const properties = schema?.properties ?? {};
  return Object.hasOwn(properties, name) ? properties[name] : schema?.additionalProperties;
}
