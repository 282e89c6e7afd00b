import type { Condition } from "@clauderon/base";

/** A condition to be set; when it last changed its status is found out. */
export type NextCondition = Omit<Condition, "lastTransitionTime">;

/**
 * The conditions with `next` in the place of its type, or at the end. `lastTransitionTime` becomes `now` (RFC 3339) only
 * when the status changes. When nothing changes the very same list is returned.
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
