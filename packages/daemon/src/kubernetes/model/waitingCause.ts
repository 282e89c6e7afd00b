import { clusterWords, type PodTrouble, podTrouble } from "@clauderon/pods";
import { type Cause, endOf, kubectlArguments, lastEnd, OWN_IMAGE } from "./endCause.ts";
import type { LiveClaim, LiveEvent, LivePod } from "./objects.ts";

/** Problems that only a Warning event shows and the pod's status does not, by the event's reason. */
const WARNINGS: Readonly<Record<string, string>> = {
  FailedMount: "VolumeNotMounted",
  FailedAttachVolume: "VolumeNotMounted",
  FailedMapVolume: "VolumeNotMounted",
  FailedCreatePodSandBox: "SandboxFailed",
};

type Sentence = (trouble: PodTrouble, pod: LivePod, about: About) => Cause;

/** What else is known about the session. */
interface About {
  readonly claim: LiveClaim | undefined;
  readonly events: readonly LiveEvent[];
}

/** One sentence for each {@link PodTrouble} of a session. The operator's `waitingCause.ts` has those of AgentJobs. */
const WAITING_SENTENCES: Readonly<Record<PodTrouble["reason"], Sentence>> = {
  VolumeNotBound: ({ words }, _pod, about) => claimCause(about) ?? volumeNotBound(words, about.claim),
  Unschedulable({ words }) {
    const hint = "Lower --cpu-limit or --memory-limit, delete a session that is not needed, or add a node that fits";
    return { reason: "Unschedulable", message: `No node can take the pod: ${words}`, hint };
  },
  ImagePullFailed: (trouble, pod) => imageCause(trouble, kubectlArguments(pod)),
  NotConfigured({ words }, pod) {
    const message = `The container cannot be configured: ${words}`;
    return { reason: "NotConfigured", message, hint: `See kubectl describe pod ${kubectlArguments(pod)}` };
  },
  StartFailed: ({ words }) => ({
    reason: "StartFailed",
    message: `The container cannot be started: ${words}`,
    hint: OWN_IMAGE,
  }),
  CrashLoop: (_trouble, pod) => crashCause(pod),
};

/**
 * Why the pod of a session is not running; undefined if the cluster reports nothing wrong. `podTrouble` of `pods` decides
 * what is wrong. `waitingCause` of the operator does the same for the pods of AgentJobs.
 */
export function waitingCause(pod: LivePod, about: About): Cause | undefined {
  const trouble = podTrouble(pod);
  if (trouble !== undefined) return WAITING_SENTENCES[trouble.reason](trouble, pod, about);
  return claimCause(about) ?? eventCause(pod, about.events);
}

function crashCause(pod: LivePod): Cause {
  const end = lastEnd(pod);
  const last = end === undefined ? undefined : endOf(end, pod);
  const why = last === undefined ? "" : `: ${last.message}`;
  const hint = last?.reason === "OutOfMemory" ? last.hint : `See kubectl logs ${kubectlArguments(pod)} --previous`;
  const message = `The container keeps ending${why}`;
  return { reason: "CrashLoopBackOff", message, ...(hint !== undefined && { hint }) };
}

function imageCause({ image, words, word }: PodTrouble, place: string): Cause {
  const message = `The image "${image}" cannot be pulled: ${words}`;
  if (word === "ErrImageNeverPull") {
    const hint = "Load the image on the node, or allow pulling with --pull-policy IfNotPresent";
    return { reason: "ErrImageNeverPull", message, hint };
  }
  if (word === "InvalidImageName") return { reason: word, message, hint: "Fix --image or kubernetes.image" };
  const hint = `Check the image's name, and image_pull_secrets for a private registry; see kubectl describe pod ${place}`;
  return { reason: "ImagePullBackOff", message, hint };
}

/** A claim may wait until its pod is scheduled. If it cannot be provisioned, an event says so. */
function claimCause({ claim, events }: About): Cause | undefined {
  if (claim === undefined || claim.status?.phase === "Bound") return undefined;
  if (claim.status?.phase === "Lost") return volumeNotBound("its volume is gone", claim);
  const event = latest(events, ({ reason, regarding }) => {
    const isAbout = regarding?.uid === claim.metadata.uid;
    return isAbout && (reason === "ProvisioningFailed" || reason === "FailedBinding" || reason === "VolumeMismatch");
  });
  return event === undefined ? undefined : volumeNotBound(clusterWords(event.note), claim);
}

function volumeNotBound(words: string, claim: LiveClaim | undefined): Cause {
  const { name = "", namespace = "" } = claim?.metadata ?? {};
  const hint = `Check kubernetes.storage_class against kubectl get storageclass; see kubectl describe pvc ${name} -n ${namespace}`;
  return { reason: "VolumeNotBound", message: `The session's volume is not bound: ${words}`, hint };
}

function eventCause(pod: LivePod, events: readonly LiveEvent[]): Cause | undefined {
  const event = latest(events, ({ regarding }) => regarding?.uid === pod.metadata.uid);
  const reason = WARNINGS[event?.reason ?? ""];
  if (event === undefined || reason === undefined) return undefined;
  const what = reason === "VolumeNotMounted" ? "A volume of the pod cannot be mounted" : "The node cannot make the pod";
  return {
    reason,
    message: `${what}: ${clusterWords(event.note)}`,
    hint: `See kubectl describe pod ${kubectlArguments(pod)}`,
  };
}

/** The newest of the matching events. */
export function latest(events: readonly LiveEvent[], is: (event: LiveEvent) => boolean): LiveEvent | undefined {
  return events
    .filter(is)
    .reduce<LiveEvent | undefined>(
      (newest, event) => (newest === undefined || timeOf(event) >= timeOf(newest) ? event : newest),
      undefined,
    );
}

function timeOf({ series, eventTime, deprecatedLastTimestamp, metadata }: LiveEvent): string {
  return series?.lastObservedTime ?? deprecatedLastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? "";
}
