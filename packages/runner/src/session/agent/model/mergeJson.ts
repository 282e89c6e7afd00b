/** Any JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * Merges `over` into `base`: objects by name, arrays by adding the missing elements; any other value is replaced.
 * Merging the same value twice changes nothing.
 */
export function mergeJson(base: Json, over: Json): Json {
  if (Array.isArray(base) && Array.isArray(over)) {
    const known = new Set(base.map((item) => JSON.stringify(item)));
    return [...base, ...over.filter((item) => !known.has(JSON.stringify(item)))];
  }
  if (!isObject(base) || !isObject(over)) return over;
  const merged = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(over)) {
    const there = merged.get(name);
    merged.set(name, there === undefined ? value : mergeJson(there, value));
  }
  return Object.fromEntries(merged);
}

function isObject(json: Json): json is { readonly [name: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
