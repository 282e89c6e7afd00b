import type { PolicyRule } from "kubernetes-types/rbac/v1.js";

/** One thing a rule permits: a verb on a resource of a group, perhaps of one name only, or on a path that is no resource. */
interface Permission {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly path?: string;
}

/**
 * The first permission of `rules` that `ceiling` does not give, in words; undefined when the rules stay below it.
 *
 * RBAC alone does not hold a ClusterAccess to the ceiling: it lets the operator hand on whatever the operator itself holds, and
 * that is more (it makes Jobs in every namespace). Wildcards are read as RBAC reads them, and one in `rules` is covered only by
 * the same wildcard in the ceiling (Kubernetes, "Using RBAC Authorization", privilege escalation prevention).
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

/** `*` is every resource and subresource, `*` + `/scale` that subresource of any. */
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
