import { z } from "zod";

/** The part of a structural OpenAPI v3 schema that our CustomResourceDefinitions use. */
export interface StructuralSchema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly "x-kubernetes-int-or-string"?: true;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly { readonly rule: string; readonly message: string }[];
}

type Node = Record<string, unknown>;

const INT_OR_STRING = "x-kubernetes-int-or-string";

const KEPT = new Set([
  "type",
  "description",
  "default",
  "format",
  "enum",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "required",
  INT_OR_STRING,
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-validations",
]);

/**
 * Converts a zod schema to a structural schema (Kubernetes documentation, "Specifying a structural schema").
 *
 * Throws an Error that names every place that a structural schema cannot express: unions other than int-or-string, values
 * without a type, patterns that Go's RE2 does not support. Transforms and refinements are ignored: use CEL rules.
 */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  const json = z.toJSONSchema(schema, { io: "input", target: "openapi-3.0", reused: "inline", cycles: "throw" });
  const problems: string[] = [];
  const structural = convert(json, "", problems);
  if (problems.length > 0) throw new Error(`Not a structural schema:\n${problems.join("\n")}`);
  return structural;
}

function convert(node: Node, path: string, problems: string[]): Node {
  const result: Node = {};
  for (const [key, value] of Object.entries(node)) {
    if (isUnsaid(key, value, node)) continue;
    const converted = convertMember(key, value, path, problems);
    if (converted === undefined) problems.push(`${path}: ${key} has no place in a structural schema`);
    else result[key] = converted;
  }
  if (node["type"] === undefined && node[INT_OR_STRING] !== true) problems.push(`${path}: has no type`);
  if (node["type"] === "integer") result["format"] = Number(node["maximum"]) < 2 ** 31 ? "int32" : "int64";
  return result;
}

/** True for members that zod emits and a structural schema omits. */
function isUnsaid(key: string, value: unknown, node: Node): boolean {
  if (key === "anyOf") return node[INT_OR_STRING] === true;
  if (key === "minimum" || key === "maximum") return Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
  return key === "propertyNames" || (key === "additionalProperties" && value === false);
}

function convertMember(key: string, value: unknown, path: string, problems: string[]): unknown {
  if (KEPT.has(key)) return value;
  if (key === "pattern") return convertPattern(String(value), path, problems);
  if (key === "items" || key === "additionalProperties") return convert(value as Node, `${path}[]`, problems);
  if (key !== "properties") return undefined;
  const members = Object.entries(value as Record<string, Node>);
  return Object.fromEntries(members.map(([name, member]) => [name, convert(member, `${path}.${name}`, problems)]));
}

function convertPattern(pattern: string, path: string, problems: string[]): string {
  if (/\(\?[=!<]|\\[1-9]/.test(pattern)) problems.push(`${path}: RE2 does not know the pattern ${pattern}`);
  return pattern.replaceAll("\\/", "/");
}
