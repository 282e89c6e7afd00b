import type {
  ContainerStateTerminated,
  ContainerStateWaiting,
  ContainerStatus,
  Pod,
} from "kubernetes-types/core/v1.js";
import { clusterWords } from "./clusterWords.ts";

/** The part of a pod that tells how it fares. */
export type PodState = Pick<Pod, "status">;

/**
 * What keeps a pod from running. `words` are the cluster's own, cleaned; never empty. Whoever shows it says what to do
 * about it, since that depends on what the pod was made for.
 */
export type PodTrouble =
  | { readonly reason: "ImagePullFailed"; readonly image: string; readonly words: string; readonly word: string }
  | {
      readonly reason: "Unschedulable" | "VolumeNotBound" | "NotConfigured" | "StartFailed" | "CrashLoop";
      readonly words: string;
    };

/** What ended a pod from outside, or its container before the program could say anything. */
export interface PodLoss {
  readonly reason: "DeadlineExceeded" | "NodeLost" | "Evicted";
  readonly words: string;
}

const IMAGE_REASONS = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "ErrImageNeverPull",
  "InvalidImageName",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
]);

/** Why a pod that has not ended is not running, as the kubelet and the scheduler say; undefined when nothing is wrong. */
export function podTrouble(pod: PodState): PodTrouble | undefined {
  return unscheduled(pod) ?? containerTrouble(pod);
}

/** Why the cluster ended the pod, or says it will never hear of it again; undefined when its program ended by itself. */
export function podLoss({ status }: PodState): PodLoss | undefined {
  const { reason, message, conditions } = status ?? {};
  if (reason === "DeadlineExceeded") return { reason, words: clusterWords(message) || reason };
  const disruption = conditions?.find(
    (condition) => condition.type === "DisruptionTarget" && condition.status === "True",
  );
  const why = reason ?? disruption?.reason;
  if (why === undefined) return undefined;
  const words = clusterWords(message ?? disruption?.message) || why;
  const isNode = /NodeLost|TaintManager|PodGC|NodeShutdown|Terminated/.test(why);
  return { reason: isNode ? "NodeLost" : "Evicted", words };
}

/** Whether the end of a container says that its program was never started. */
export function isStartError({ reason }: ContainerStateTerminated): boolean {
  return reason === "StartError" || reason === "ContainerCannotRun";
}

function unscheduled({ status }: PodState): PodTrouble | undefined {
  const condition = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (condition?.status !== "False" || condition.reason !== "Unschedulable") return undefined;
  const words = clusterWords(condition.message);
  return { reason: /persistentvolumeclaim/i.test(words) ? "VolumeNotBound" : "Unschedulable", words };
}

function containerTrouble({ status }: PodState): PodTrouble | undefined {
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const waiting = container.state?.waiting;
    const trouble = waiting?.reason === undefined ? undefined : waitingTrouble(waiting, container);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function waitingTrouble(
  { reason: word = "", message }: ContainerStateWaiting,
  { image }: ContainerStatus,
): PodTrouble | undefined {
  const words = clusterWords(message) || word;
  if (IMAGE_REASONS.has(word)) return { reason: "ImagePullFailed", image, words, word };
  if (word === "CreateContainerConfigError") return { reason: "NotConfigured", words: clusterWords(message) };
  if (word === "CrashLoopBackOff") return { reason: "CrashLoop", words };
  return word === "CreateContainerError" || word === "RunContainerError" ? { reason: "StartFailed", words } : undefined;
}
