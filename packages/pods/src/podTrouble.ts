import type { ContainerStateTerminated, Pod } from "kubernetes-types/core/v1.js";
import { clusterWords } from "./clusterWords.ts";

/** The part of a pod that tells how it fares. */
export type PodState = Pick<Pod, "status">;

/** What keeps a pod from running; whoever shows it says what to do, which depends on what the pod was made for. */
export interface PodTrouble {
  readonly reason:
    | "Unschedulable"
    | "VolumeNotBound"
    | "ImagePullFailed"
    | "NotConfigured"
    | "StartFailed"
    | "CrashLoop";
  /** The cluster's own, cleaned. */
  readonly words: string;
  /** The kubelet's or scheduler's word for it, such as ErrImageNeverPull. */
  readonly word: string;
  /** That of the container which waits; empty while there is none. */
  readonly image: string;
}

/** What ended a pod from outside, or its container before the program could say anything. */
export interface PodLoss {
  readonly reason: "DeadlineExceeded" | "NodeLost" | "Evicted";
  readonly words: string;
}

/** The kubelet's words for a container that waits for something to be mended. */
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
