import { Environment } from "@marcbachmann/cel-js";
import type { StructuralSchema } from "../schema/structuralSchema.ts";
import { isObject } from "./coerce.ts";
import { invalid, type ManifestError } from "./manifestError.ts";

/** The part of the API server's CEL that our rules use. `findAll` is from the Kubernetes library. */
const CEL = new Environment()
  .registerVariable("self", "dyn")
  .registerFunction(
    "string.findAll(string): list<string>",
    (text: string, pattern: string) => text.match(new RegExp(pattern, "g")) ?? [],
  );

/**
 * The errors of the CEL rules for a value that matches the schema, in the words of apiextensions-apiserver: the reported
 * bad value is the type of the field that has the rule.
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

/** True if the schema has a rule at any depth. */
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
