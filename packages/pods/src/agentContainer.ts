import type { ContainerStatus, Pod } from "kubernetes-types/core/v1.js";
import { AGENT_CONTAINER } from "./lockedDown.ts";

/**
 * The status of the agent's container; undefined before the kubelet has reported one. We make pods with a single
 * container, but a webhook may add others, also before it.
 */
export function agentStatus(pod: Pick<Pod, "status"> | undefined): ContainerStatus | undefined {
  return pod?.status?.containerStatuses?.find(({ name }) => name === AGENT_CONTAINER);
}

/** The memory limit of the agent's container; undefined if it has none. */
export function memoryLimit({ spec }: Pick<Pod, "spec">): string | undefined {
  const container = spec?.containers.find(({ name }) => name === AGENT_CONTAINER);
  return container?.resources?.limits?.["memory"];
}
