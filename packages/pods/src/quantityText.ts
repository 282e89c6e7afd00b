import type { EnvVar, ResourceRequirements } from "kubernetes-types/core/v1.js";
import type { AgentJobSpec } from "@clauderon/kinds";

// The API server accepts the number of `cpu: 2` and returns a string, so write a string: otherwise each comparison differs.

export function resourcesWithText(resources: NonNullable<AgentJobSpec["resources"]>): ResourceRequirements {
  const { limits, requests, ...rest } = resources;
  return {
    ...rest,
    ...(limits && { limits: amountsAsText(limits) }),
    ...(requests && { requests: amountsAsText(requests) }),
  };
}

export function variableWithText(variable: NonNullable<AgentJobSpec["env"]>[number]): EnvVar {
  const { valueFrom, ...rest } = variable;
  if (valueFrom === undefined) return rest;
  const { resourceFieldRef, ...others } = valueFrom;
  if (resourceFieldRef === undefined) return { ...rest, valueFrom: others };
  const { divisor, ...field } = resourceFieldRef;
  const withDivisor = { ...field, ...(divisor !== undefined && { divisor: String(divisor) }) };
  return { ...rest, valueFrom: { ...others, resourceFieldRef: withDivisor } };
}

function amountsAsText(amounts: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]));
}
