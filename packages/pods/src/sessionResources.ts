import { quantityNanos } from "@clauderon/base";
import type { ResourceRequirements } from "kubernetes-types/core/v1.js";

/** The most a session may use, as Kubernetes quantities. */
export interface SessionLimits {
  readonly cpu: string;
  readonly memory: string;
}

/** What the scheduler reserves for a session. It is small, because agents wait most of the time. */
const REQUESTS: SessionLimits = { cpu: "100m", memory: "256Mi" };

/**
 * Requests and limits of a session's container. The requests are small, so that many sessions can share a node. A limit
 * below the request replaces it.
 */
export function sessionResources(limits: SessionLimits): ResourceRequirements {
  return {
    requests: { cpu: smaller(limits.cpu, REQUESTS.cpu), memory: smaller(limits.memory, REQUESTS.memory) },
    limits: { cpu: limits.cpu, memory: limits.memory },
  };
}

function smaller(limit: string, request: string): string {
  return (quantityNanos(limit) ?? 0n) < (quantityNanos(request) ?? 0n) ? limit : request;
}
