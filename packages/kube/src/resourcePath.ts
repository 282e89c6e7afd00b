import type { ObjectRef, Resource } from "./resource.ts";

/** The collection of a resource: in one namespace, or across all of them when `namespace` is absent. */
export function collectionPath(resource: Resource, namespace?: string): string {
  if (!resource.namespaced && namespace !== undefined) {
    throw new TypeError(`${resource.kind} is cluster-scoped, but namespace "${namespace}" was given`);
  }
  const root = resource.group === "" ? "/api" : `/apis/${segment(resource.group, "API group")}`;
  const scope = namespace === undefined ? "" : `/namespaces/${segment(namespace, `namespace of ${resource.kind}`)}`;
  return `${root}/${segment(resource.version, "API version")}${scope}/${segment(resource.plural, "plural")}`;
}

/**
 * One object, or its subresource. Refuses arguments that would address something else: a namespaced object without its
 * namespace, an empty name (the whole collection), `.` and `..`. Percent-encodes everything else.
 */
export function objectPath(resource: Resource, ref: ObjectRef, subresource?: string): string {
  if (resource.namespaced && ref.namespace === undefined) {
    throw new TypeError(`${resource.kind} "${ref.name}" is namespaced, but no namespace was given`);
  }
  const object = `${collectionPath(resource, ref.namespace)}/${segment(ref.name, `name of ${resource.kind}`)}`;
  return subresource === undefined ? object : `${object}/${segment(subresource, "subresource")}`;
}

/** `?a=b&c=d` with the parameters that are set; empty when none are. */
export function queryString(parameters: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

function segment(text: string, what: string): string {
  if (text === "" || text === "." || text === "..") throw new TypeError(`"${text}" cannot be the ${what}`);
  return encodeURIComponent(text);
}
