import type { KubeObject } from "@clauderon/base";

/** A manifest with one value replaced, added or removed. */
export interface Mutation {
  readonly what: string;
  readonly changed: unknown;
}

const VALUES: readonly unknown[] = [
  undefined,
  null,
  "",
  'a <b> & "c" \t\u0007\u00a0é🦆',
  "x".repeat(5000),
  true,
  0,
  7,
  1.5,
  99_999_999_999,
  [],
  [null, 7, "x"],
  {},
  { stranger: 1 },
];

/** The manifest with each value of its spec in turn replaced by each of {@link VALUES}. */
export function mutations(manifest: KubeObject): Mutation[][] {
  return paths(manifest, []).map((path) =>
    VALUES.map((value) => ({
      what: `${path.join(".")} = ${value === undefined ? "absent" : JSON.stringify(value).slice(0, 40)}`,
      changed: JSON.parse(JSON.stringify(replaced(manifest, path, value))) as unknown,
    })),
  );
}

type Path = readonly (string | number)[];

function paths(value: unknown, at: Path): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  const inside = at.length === 0 ? entries.filter(([name]) => name === "spec") : entries;
  return inside.flatMap(([name, member]) => [[...at, name], ...paths(member, [...at, name])]);
}

function replaced(value: unknown, [name, ...rest]: Path, replacement: unknown): unknown {
  if (name === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item, index) => (index === name ? replaced(item, rest, replacement) : item));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [name]: replaced(object[name], rest, replacement) };
}
