import type { LabelSelector } from "kubernetes-types/meta/v1.js";

type Labels = Readonly<Record<string, string>>;

/** Whether a selector selects an object with these labels, by the rules of metav1.LabelSelector. An empty one selects all. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels = {}): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      const isListed = value !== undefined && values.includes(value);
      if (operator === "In") return isListed;
      if (operator === "NotIn") return !isListed;
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      throw new Error(`Unknown operator ${operator}`);
    })
  );
}
