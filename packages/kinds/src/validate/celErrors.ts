import { Environment } from "@marcbachmann/cel-js";
import type { StructuralSchema } from "../schema/structuralSchema.ts";
import { isObject } from "./coerce.ts";
import { invalid, type ManifestError } from "./manifestError.ts";

/** CEL as the API server offers it, as far as our rules need it: `findAll` is of Kubernetes' own library. */
const CEL = new Environment()
  .registerVariable("self", "dyn")
  .registerFunction(
    "string.findAll(string): list<string>",
    (text: string, pattern: string) => text.match(new RegExp(pattern, "g")) ?? [],
  );

/**
 * What the CEL rules refuse of a value that the schema takes, as apiextensions-apiserver words it: the bad value of a rule
 * is the type of what it stands at.
 */
export function celErrors(value: unknown, schema: StructuralSchema, path: string): ManifestError[] {
  const rules = schema["x-kubernetes-validations"] ?? [];
  const self = rules.length === 0 ? undefined : celValue(value);
  const own = rules.filter(({ rule }) => CEL.evaluate(rule, { self }) !== true);
  const { items, properties } = schema;
  return [
    ...own.map(({ message }) => invalid(path, schema.type, message)),
    ...(Array.isArray(value) && items !== undefined
      ? value.flatMap((item, index) => celErrors(item, items, `${path}[${index}]`))
      : []),
    ...(isObject(value)
      ? Object.entries(value).flatMap(([name, member]) => {
          const property = properties?.[name];
          return property === undefined ? [] : celErrors(member, property, `${path}.${name}`);
        })
      : []),
  ];
}

/** Whether there is any rule in the schema. */
export function hasRules(schema: StructuralSchema): boolean {
  const inner = [...Object.values(schema.properties ?? {}), ...(schema.items === undefined ? [] : [schema.items])];
  return schema["x-kubernetes-validations"] !== undefined || inner.some(hasRules);
}

/** CEL's int is 64 bits wide, so a whole number is a BigInt. */
function celValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(celValue);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, celValue(member)]));
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
}
