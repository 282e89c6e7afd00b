import type { StructuralSchema } from "../schema/structuralSchema.ts";
import { isObject } from "./coerce.ts";
import {
  duplicate,
  invalid,
  type ManifestError,
  notSupported,
  required,
  tooLong,
  tooMany,
  wrongType,
} from "./manifestError.ts";

/**
 * The schema errors of a coerced value, in the order and words of k8s.io/kube-openapi/pkg/validation/validate: a wrong type
 * hides no other error of the same value, and a text has at most one error.
 */
export function schemaErrors(value: unknown, schema: StructuralSchema, path: string): ManifestError[] {
  return [
    ...typeErrors(value, schema, path),
    ...(typeof value === "string" ? textErrors(value, schema, path) : []),
    ...(typeof value === "number" ? numberErrors(value, schema, path) : []),
    ...(Array.isArray(value) ? listErrors(value, schema, path) : []),
    ...(schema.enum?.includes(value) === false ? [notSupported(path, value, schema.enum)] : []),
    ...(isObject(value) ? objectErrors(value, schema, path) : []),
  ];
}

function typeErrors(value: unknown, schema: StructuralSchema, path: string): ManifestError[] {
  const expected = schema["x-kubernetes-int-or-string"] ? ["integer", "string"] : [schema.type ?? "object"];
  const actual = typeName(value);
  return expected.includes(actual) ? [] : [wrongType(path, expected.join(","), actual)];
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function textErrors(text: string, schema: StructuralSchema, path: string): ManifestError[] {
  const { minLength, maxLength, pattern } = schema;
  const length = codePoints(text);
  if (maxLength !== undefined && length > maxLength) return [tooLong(path, maxLength)];
  if (minLength !== undefined && length < minLength) {
    return [invalid(path, text, `${path} in body should be at least ${minLength} chars long`)];
  }
  if (pattern !== undefined && !new RegExp(pattern).test(text)) {
    return [invalid(path, text, `${path} in body should match '${pattern}'`)];
  }
  return [];
}

function codePoints(text: string): number {
  const pairs = text.match(/[\ud800-\udbff][\udc00-\udfff]/g);
  return text.length - (pairs?.length ?? 0);
}

function numberErrors(value: number, schema: StructuralSchema, path: string): ManifestError[] {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  const low = invalid(path, value, `${path} in body should be greater than or equal to ${minimum}`);
  const high = invalid(path, value, `${path} in body should be less than or equal to ${maximum}`);
  return [...(value < minimum ? [low] : []), ...(value > maximum ? [high] : [])];
}

function listErrors(list: readonly unknown[], schema: StructuralSchema, path: string): ManifestError[] {
  const { items, maxItems } = schema;
  return [
    ...(items === undefined ? [] : list.flatMap((item, index) => schemaErrors(item, items, `${path}[${index}]`))),
    ...(maxItems !== undefined && list.length > maxItems ? [tooMany(path, list.length, maxItems)] : []),
  ];
}

function objectErrors(
  object: Readonly<Record<string, unknown>>,
  schema: StructuralSchema,
  path: string,
): ManifestError[] {
  const members = Object.entries(object).flatMap(([name, member]) => {
    const known = schema.properties?.[name] ?? schema.additionalProperties;
    return known === undefined ? [] : schemaErrors(member, known, `${path}.${name}`);
  });
  const absent = (schema.required ?? []).filter((name) => !Object.hasOwn(object, name));
  return [...members, ...absent.map((name) => required(`${path}.${name}`))];
}

/** Duplicate keys in lists of `x-kubernetes-list-type: map`, in the words of structural/listtype. */
export function duplicateErrors(value: unknown, schema: StructuralSchema, path: string): ManifestError[] {
  if (Array.isArray(value)) {
    const own = duplicateKeys(value, schema["x-kubernetes-list-map-keys"] ?? [], path);
    const { items } = schema;
    if (items === undefined) return own;
    return [...own, ...value.flatMap((item, index) => duplicateErrors(item, items, `${path}[${index}]`))];
  }
  if (!isObject(value)) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    duplicateErrors(value[name], property, `${path}.${name}`),
  );
}

function duplicateKeys(list: readonly unknown[], [key]: readonly string[], path: string): ManifestError[] {
  if (key === undefined) return [];
  const stranger = list.findIndex((item) => item !== null && !isObject(item));
  if (stranger !== -1) {
    return [invalid(`${path}[${stranger}]`, list[stranger], "must be an object for an array of list-type map")];
  }
  const keys = list.map((item) => (isObject(item) ? item[key] : undefined));
  return keys.flatMap((value, index) => {
    const isSecond = value !== undefined && keys.slice(0, index).filter((earlier) => earlier === value).length === 1;
    return isSecond ? [duplicate(`${path}[${index}]`, { [key]: value })] : [];
  });
}
