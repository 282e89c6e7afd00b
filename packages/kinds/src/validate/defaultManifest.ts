import type { KubeObject } from "@clauderon/base";
import { kindSchema } from "../schema/crd.ts";
import { coerce } from "./coerce.ts";
import { kindOf } from "./kindOf.ts";

/**
 * The object as the API server would store it: spec with the defaults of its kind's schema, without nulls and unknown
 * fields. An object of another kind comes back as it is. The argument is not changed.
 */
export function defaultManifest<T extends KubeObject>(object: T): T {
  const kind = kindOf(object);
  const schema = kind && kindSchema(kind).properties?.["spec"];
  if (schema === undefined) return object;
  return { ...object, spec: coerce((object as { spec?: unknown }).spec, schema) };
}
