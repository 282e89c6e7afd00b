import type { PolicyRule } from "./chart.ts";

/** Verbs that let their holder extend its own rights. */
const CLIMBING = ["*", "escalate", "bind", "impersonate"];

/** Resources the operator must never hold a right on. */
const UNTOUCHABLE = [
  "*",
  "secrets",
  "pods/exec",
  "pods/attach",
  "pods/portforward",
  "pods/ephemeralcontainers",
  "nodes/proxy",
];

/** What an operator that must not be a way to become administrator holds nevertheless, as `verb resource`. */
export function excessiveRights(rules: readonly PolicyRule[]): readonly string[] {
  return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    resources.flatMap((resource) =>
      verbs
        .filter((verb) => CLIMBING.includes(verb) || UNTOUCHABLE.includes(resource) || apiGroups.includes("*"))
        .map((verb) => `${verb} ${resource}`),
    ),
  );
}
