import type { Condition } from "@clauderon/base";

/** A condition to set. {@link setCondition} adds its lastTransitionTime. */
export type NextCondition = Omit<Condition, "lastTransitionTime">;

/**
 * Returns the conditions with `next` in place of the one of its type, or at the end. `lastTransitionTime` becomes `now`
 * (RFC 3339) only if the status changes. Returns the same list if nothing changes.
 */
export function setCondition(conditions: readonly Condition[], next: NextCondition, now: string): readonly Condition[] {
  const at = conditions.findIndex((condition) => condition.type === next.type);
  const previous = conditions[at];
  if (previous === undefined) return [...conditions, { ...next, lastTransitionTime: now }];
  if (isSame(previous, next)) return conditions;
  const lastTransitionTime = previous.status === next.status ? previous.lastTransitionTime : now;
  return conditions.with(at, { ...next, lastTransitionTime });
}

function isSame(previous: Condition, next: NextCondition): boolean {
  const fields = ["status", "reason", "message", "observedGeneration"] as const;
  return fields.every((field) => previous[field] === next[field]);
}
