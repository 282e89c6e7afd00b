import { AGENT_CONTAINER } from "@clauderon/pods";
import { runSummary } from "./failureCause.ts";
import type { LivePod } from "./objects.ts";

/**
 * Name of a container, usually injected, that keeps a pod running after its agent ended with a summary; undefined if there
 * is none.
 */
export function lingeringContainer(pod: LivePod | undefined): string | undefined {
  if (pod?.status?.phase !== "Running" || runSummary(pod) === undefined) return undefined;
  const others = (pod.status.containerStatuses ?? []).filter(({ name }) => name !== AGENT_CONTAINER);
  return others.find(({ state }) => state?.terminated === undefined)?.name;
}
