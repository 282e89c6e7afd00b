/** The part of JSON Schema that the chart's values use. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
}

/** A row of the README's table of values. */
export interface ValueRow {
  readonly value: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** The rows of the table whose first column holds paths of values. */
export function readmeRows(page: string): readonly ValueRow[] {
  return [...page.matchAll(/^\| `([A-Za-z.]+)` \| `(.*?)` \| (.*) \|$/gm)].map(
    ([, value = "", fallback = "", meaning = ""]) => ({
      value,
      fallback,
      meaning,
    }),
  );
}

/**
 * The rows that the README should have: one for every value, in the order of values.yaml, with the schema's words.
 * What can be set is taken one by one (`image.tag`), but a group of free or optional members is one value (`resources.limits`).
 */
export function expectedRows(
  values: Readonly<Record<string, unknown>>,
  schema: Schema,
  path = "",
): readonly ValueRow[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const [own, at] = [schema.properties?.[name], `${path}${name}`];
    if (own === undefined) return [{ value: at, fallback: JSON.stringify(value), meaning: "not in the schema" }];
    if (isGroup(own, value)) return expectedRows(value, own, `${at}.`);
    return [{ value: at, fallback: JSON.stringify(value), meaning: own.description ?? "without description" }];
  });
}

/** Names that the schema knows and values.yaml does not set, at the top and one below. */
export function unsetValues(values: Readonly<Record<string, unknown>>, schema: Schema): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, own]) => {
    const value = values[name];
    if (value === undefined) return name === "global" ? [] : [name];
    if (!isGroup(own, value)) return [];
    return Object.keys(own.properties ?? {}).flatMap((member) => (member in value ? [] : [`${name}.${member}`]));
  });
}

/** Objects in the schema, as dotted paths, that would take any member. */
export function openObjects(schema: Schema, path = "values"): readonly string[] {
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, own]) => openObjects(own, `${path}.${name}`));
  const items = schema.items?.properties === undefined ? [] : openObjects(schema.items, `${path}[]`);
  const open = schema.properties !== undefined && schema.additionalProperties !== false ? [path] : [];
  return [...open, ...members, ...items];
}

/** A probe's timings are one value: their members have the meanings Kubernetes gives them. */
function isGroup(schema: Schema, value: unknown): value is Readonly<Record<string, unknown>> {
  return schema.properties !== undefined && !("periodSeconds" in schema.properties) && isObject(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
