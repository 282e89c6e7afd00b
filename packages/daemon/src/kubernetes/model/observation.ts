import type { Observation } from "../../model/observation.ts";
import { agentStatus, clusterWords, SESSION_LABELS } from "@clauderon/pods";
import { type Cause, endCause, lastEnd, restartCause, silentNode } from "./endCause.ts";
import type { LiveClaim, LiveEvent, LivePod } from "./objects.ts";
import { latest, waitingCause } from "./waitingCause.ts";

/** What the caches hold about one session. `events` are those about its claim and its pod, with any uid. */
export interface SessionSnapshot {
  readonly uid: string;
  readonly namespace: string;
  readonly claim: LiveClaim | undefined;
  readonly pod: LivePod | undefined;
  readonly events: readonly LiveEvent[];
}

/** The observed state of a session. Only objects with its uid count. */
export function observation(snapshot: SessionSnapshot): Observation {
  const claim = own(snapshot.claim, snapshot.uid);
  const pod = own(snapshot.pod, snapshot.uid);
  if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return missing(snapshot, claim);
  if (pod === undefined) return { phase: "Stopped", reason: "NoPod", message: "The session has no pod" };
  return { pod: `${snapshot.namespace}/${pod.metadata.name}`, ...ofPod(pod, { ...snapshot, claim }) };
}

/** The object, if it belongs to the session. */
export function own<T extends LiveClaim | LivePod>(object: T | undefined, uid: string): T | undefined {
  return object?.metadata.labels?.[SESSION_LABELS.uid] === uid ? object : undefined;
}

/** Whether the pod has ended for good, so that the kubelet will not start it again. */
export function hasEnded({ status }: LivePod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

function missing({ namespace }: SessionSnapshot, claim: LiveClaim | undefined): Observation {
  if (claim === undefined) {
    const message = `The session has no volume in namespace "${namespace}"`;
    return { phase: "Missing", reason: "VolumeMissing", message };
  }
  const message = `The session's volume is being deleted from namespace "${namespace}"`;
  return { phase: "Missing", reason: "VolumeDeleted", message };
}

function ofPod(pod: LivePod, snapshot: SessionSnapshot): Observation {
  if (hasEnded(pod)) return ended(pod);
  if (pod.metadata.deletionTimestamp !== undefined) {
    return { phase: "Pending", ...(endCause(pod) ?? terminating(pod)) };
  }
  const running = agentStatus(pod)?.state?.running;
  if (running === undefined) return { phase: "Pending", ...(waitingCause(pod, snapshot) ?? step(pod, snapshot)) };
  if (isSilent(pod)) return { phase: "Pending", ...silentNode(pod) };
  return { phase: "Running", ...restartCause(pod) };
}

/**
 * Whether the pod's node does not answer. The cluster then sets Ready to False and gives no reason. A kubelet that answers
 * gives one, for example when the probe of an injected sidecar fails: the agent has no probe and works on.
 */
function isSilent({ status }: LivePod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "False" && (ready.reason ?? "") === "";
}

function ended(pod: LivePod): Observation {
  const exitCode = lastEnd(pod)?.exitCode;
  const cause = endCause(pod) ?? { reason: "Ended", message: "The runner has ended" };
  return { phase: "Stopped", ...cause, ...(exitCode !== undefined && { exitCode }) };
}

function terminating(pod: LivePod): Cause {
  return { reason: "PodDeleted", message: `The pod "${pod.metadata.name}" is being deleted` };
}

/** What a pod without a problem is waiting for. */
function step(pod: LivePod, { claim, events }: SessionSnapshot): Cause {
  if (condition(pod, "PodScheduled") !== "True") return { reason: "Scheduling", message: "Waiting for a node" };
  if (claim?.status?.phase !== "Bound") return { reason: "Provisioning", message: "Waiting for the volume" };
  return pulling(pod, events) ?? { reason: "Starting", message: `Starting on node "${pod.spec?.nodeName ?? ""}"` };
}

function pulling(pod: LivePod, events: readonly LiveEvent[]): Cause | undefined {
  const event = latest(events, ({ regarding }) => regarding?.uid === pod.metadata.uid);
  if (event?.reason !== "Pulling") return undefined;
  return { reason: "Pulling", message: clusterWords(event.note) || "Pulling the image" };
}

function condition({ status }: LivePod, wanted: string): string | undefined {
  return status?.conditions?.find(({ type }) => type === wanted)?.status;
}
