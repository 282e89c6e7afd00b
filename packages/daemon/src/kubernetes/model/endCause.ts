import { agentStatus, clusterWords, exitText, isStartError, memoryLimit, podLoss } from "@clauderon/pods";
import type { LivePod } from "./objects.ts";

/** Why a session is not running: a stable word, a sentence with the cluster's own message, and what the reader can do. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly hint?: string;
}

export const OWN_IMAGE =
  "Use an image with clauderon-runner as its entry point, or leave it out to use the default image";

/** Why the pod ended, or why its node no longer reports it; undefined for a pod that was stopped on purpose. */
export function endCause(pod: LivePod): Cause | undefined {
  const loss = podLoss(pod);
  const node = pod.spec?.nodeName ?? "";
  if (loss?.reason === "NodeLost") {
    const message = `The node "${node}" of the pod is gone or does not answer: ${loss.words}`;
    return { reason: "NodeLost", message, hint: forceHint(pod) };
  }
  if (loss !== undefined) {
    const hint = "The session restarts on its volume. Free memory and disk on the node if it happens again";
    return { reason: loss.reason, message: `The cluster ended the pod: ${loss.words}`, hint };
  }
  const end = lastEnd(pod);
  return end === undefined || end.exitCode === 0 ? undefined : endOf(end, pod);
}

/** The API server shows the container as running, but its node does not answer. */
export function silentNode(pod: LivePod): Cause {
  const message = `The node "${pod.spec?.nodeName ?? ""}" of the pod does not answer`;
  return { reason: "NodeNotReady", message, hint: `See kubectl describe node. ${forceHint(pod)}` };
}

/** How the pod's container last ended. If it was restarted, how the previous container ended. */
export function lastEnd(pod: LivePod) {
  const status = agentStatus(pod);
  return status?.state?.terminated ?? status?.lastState?.terminated;
}

/** Why the container was restarted; undefined if it is the pod's first. */
export function restartCause(pod: LivePod): Cause | undefined {
  const end = agentStatus(pod)?.lastState?.terminated;
  if (end === undefined) return undefined;
  const { message, ...cause } = endOf(end, pod);
  return { ...cause, message: `The container was restarted: ${message}` };
}

/** Why a container ended. */
export function endOf(end: NonNullable<ReturnType<typeof lastEnd>>, pod: LivePod): Cause {
  if (end.reason === "OOMKilled") {
    const limit = memoryLimit(pod);
    const message = `The agent needed more memory than ${limit === undefined ? "its node has" : `its limit, ${limit}`}`;
    return { reason: "OutOfMemory", message, hint: "Create the session with a higher --memory-limit" };
  }
  if (isStartError(end)) {
    const message = `The container could not be started: ${clusterWords(end.message)}`;
    return { reason: "StartFailed", message, hint: OWN_IMAGE };
  }
  const message = `The runner ended with ${exitText(end)}`;
  return { reason: "RunnerFailed", message, hint: `See kubectl logs ${kubectlArguments(pod)} --previous` };
}

function forceHint(pod: LivePod): string {
  const remove = `kubectl delete pod ${kubectlArguments(pod)} --force --grace-period=0`;
  return `The session continues when the node is back. If the node is gone for good: ${remove}`;
}

/** The kubectl arguments that select the pod. */
export const kubectlArguments = ({ metadata: { name, namespace = "" } }: LivePod) => `${name} -n ${namespace}`;
