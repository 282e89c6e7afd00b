import type { KubeObject } from "@clauderon/base";
import { kindSchema } from "../schema/crd.ts";
import { coerce } from "./coerce.ts";
import { kindOf } from "./kindOf.ts";

/**
 * Returns the object as the API server would store it: the spec has the defaults of its kind, and no nulls or unknown
 * fields. Returns an object of another kind unchanged. Does not change its argument.
 */
export function defaultManifest<T extends KubeObject>(object: T): T {
  const kind = kindOf(object);
  const schema = kind && kindSchema(kind).properties?.["spec"];
  if (schema === undefined) return object;
  return { ...object, spec: coerce((object as { spec?: unknown }).spec, schema) };
}
