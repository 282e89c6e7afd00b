import { isFaultCode } from "@clauderon/base/fault";
import type { Session } from "@clauderon/protocol";

/** The code that a reason names: the daemon shows `CLUSTER_UNAVAILABLE` as `ClusterUnavailable`. */
export const codeOf = (reason: string): string => reason.replace(/\B[A-Z]/g, "_$&").toUpperCase();

/** The session's runner is up, and its agent could not start or has ended. */
export function isWithoutAgent({ status: { phase, activity, reason } }: Session): boolean {
  if (phase !== "Running") return false;
  return activity === "Completed" || (activity === "Failed" && reason !== "TurnFailed");
}

/** Its agent has not reported anything since it was started: it may still end at once. */
export function isUnheard({ status: { activity, reason } }: Session): boolean {
  return activity === "Unknown" || reason === "AgentRestarting";
}

/** Something has failed, and the daemon tries it again; a pod that waits for a node or an image has not failed. */
export function isInTrouble({ status: { phase, reason = "" } }: Session): boolean {
  return phase === "Error" || (phase === "Pending" && isFaultCode(codeOf(reason)));
}
