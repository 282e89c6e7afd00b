import type { PolicyRule } from "kubernetes-types/rbac/v1.js";

/** One permission of a rule: a verb on a resource of a group, optionally with one name, or a verb on a URL path. */
interface Permission {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly path?: string;
}

/**
 * Describes the first permission of `rules` that `ceiling` does not include; undefined if the rules stay below the ceiling.
 *
 * RBAC alone does not limit a ClusterAccess to the ceiling: it lets the operator grant every permission that it holds, and
 * it holds more, because it creates Jobs in every namespace. Wildcards have their RBAC meaning, and only the same wildcard
 * in the ceiling covers one in `rules` (Kubernetes, "Using RBAC Authorization", privilege escalation prevention).
 */
export function beyondCeiling(rules: readonly PolicyRule[], ceiling: readonly PolicyRule[]): string | undefined {
  const excess = rules.flatMap(permissions).find((wanted) => !ceiling.some((rule) => gives(rule, wanted)));
  return excess === undefined ? undefined : inWords(excess);
}

function permissions({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames,
  nonResourceURLs = [],
}: PolicyRule): Permission[] {
  const names = resourceNames === undefined || resourceNames.length === 0 ? [undefined] : resourceNames;
  const onResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      names.map((name) => ({ group, resource, ...(name === undefined ? {} : { name }) })),
    ),
  );
  const onPaths = nonResourceURLs.map((path) => ({ path }));
  return verbs.flatMap((verb) => [...onResources, ...onPaths].map((target) => ({ verb, ...target })));
}

function gives(rule: PolicyRule, { verb, group, resource, name, path }: Permission): boolean {
  if (!listed(rule.verbs, verb)) return false;
  if (path !== undefined) return (rule.nonResourceURLs ?? []).some((pattern) => coversPath(pattern, path));
  const onlyNames = rule.resourceNames ?? [];
  return (
    listed(rule.apiGroups, group) &&
    (rule.resources ?? []).some((pattern) => coversResource(pattern, resource ?? "")) &&
    (onlyNames.length === 0 || (name !== undefined && onlyNames.includes(name)))
  );
}

function listed(list: readonly string[] = [], wanted = ""): boolean {
  return list.includes("*") || list.includes(wanted);
}

/** `*` is every resource and subresource, and `*` + `/scale` is that subresource of every resource. */
function coversResource(pattern: string, resource: string): boolean {
  if (pattern === "*" || pattern === resource) return true;
  return pattern.startsWith("*/") && resource.endsWith(pattern.slice(1));
}

function coversPath(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1)));
}

function inWords({ verb, group, resource, name, path }: Permission): string {
  if (path !== undefined) return `${verb} ${path}`;
  const where = group === undefined || group === "" ? "" : `.${group}`;
  return `${verb} ${resource}${where}${name === undefined ? "" : ` "${name}"`}`;
}
