import type { Pod } from "kubernetes-types/core/v1.js";
import { clusterWords } from "./clusterWords.ts";

/** The part of a pod that the causes are read from. */
export type PodState = Pick<Pod, "status">;

/**
 * Why a pod is not running. Jobs and sessions need different advice, so their sentences are in `waitingCause.ts` of the
 * operator and of the daemon.
 */
export interface PodTrouble {
  readonly reason:
    | "Unschedulable"
    | "VolumeNotBound"
    | "ImagePullFailed"
    | "NotConfigured"
    | "StartFailed"
    | "CrashLoop";
  /** The message of the kubelet or scheduler, cleaned. */
  readonly words: string;
  /** The reason of the kubelet or scheduler, such as ErrImageNeverPull. */
  readonly word: string;
  /** Image of the waiting container; empty if no container is waiting. */
  readonly image: string;
}

/** Why the cluster ended a pod. */
export interface PodLoss {
  readonly reason: "DeadlineExceeded" | "NodeLost" | "Evicted";
  readonly words: string;
}

/** The kubelet's reasons for a container that waits until somebody fixes the problem. */
const WAITING: Readonly<Record<string, PodTrouble["reason"]>> = {
  ErrImagePull: "ImagePullFailed",
  ImagePullBackOff: "ImagePullFailed",
  ErrImageNeverPull: "ImagePullFailed",
  InvalidImageName: "ImagePullFailed",
  ImageInspectError: "ImagePullFailed",
  RegistryUnavailable: "ImagePullFailed",
  SignatureValidationFailed: "ImagePullFailed",
  CreateContainerConfigError: "NotConfigured",
  CreateContainerError: "StartFailed",
  RunContainerError: "StartFailed",
  CrashLoopBackOff: "CrashLoop",
};

/** Why a pod that has not ended is not running, from the kubelet and the scheduler; undefined if nothing is wrong. */
export function podTrouble(pod: PodState): PodTrouble | undefined {
  return unscheduled(pod) ?? containerTrouble(pod);
}

/** Why the cluster ended the pod or lost its node; undefined if its program exited by itself. */
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

function unscheduled({ status }: PodState): PodTrouble | undefined {
  const condition = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (condition?.status !== "False" || condition.reason !== "Unschedulable") return undefined;
  const words = clusterWords(condition.message);
  const reason = /persistentvolumeclaim/i.test(words) ? "VolumeNotBound" : "Unschedulable";
  return { reason, words, word: condition.reason, image: "" };
}

function containerTrouble({ status }: PodState): PodTrouble | undefined {
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const { reason: word, message } = container.state?.waiting ?? {};
    const reason = word === undefined ? undefined : WAITING[word];
    if (word === undefined || reason === undefined) continue;
    return { reason, words: clusterWords(message) || word, word, image: container.image };
  }
  return undefined;
}
