import { clusterWords, isStartError, podLoss, type PodTrouble, podTrouble } from "@clauderon/pods";
import type { LiveClaim, LiveEvent, LivePod } from "./objects.ts";

/** Why a session is not running: a stable word, a sentence with the cluster's own words, and what the reader can do. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly hint?: string;
}

/** Warnings about a pod, by the event's reason, that its status says nothing of. */
const WARNINGS: Readonly<Record<string, string>> = {
  FailedMount: "VolumeNotMounted",
  FailedAttachVolume: "VolumeNotMounted",
  FailedMapVolume: "VolumeNotMounted",
  FailedCreatePodSandBox: "SandboxFailed",
};

type Sentence = (trouble: PodTrouble, pod: LivePod, about: About) => Cause;

/** What else is known of the session. */
interface About {
  readonly claim: LiveClaim | undefined;
  readonly events: readonly LiveEvent[];
}

const OWN_IMAGE = "Use an image with clauderon-runner as its entry point, or leave it out to use the default image";

const SENTENCES: Readonly<Record<PodTrouble["reason"], Sentence>> = {
  VolumeNotBound: ({ words }, _pod, about) => claimCause(about) ?? volumeNotBound(words, about.claim),
  Unschedulable({ words }) {
    const hint = "Lower --cpu-limit or --memory-limit, delete a session that is not needed, or add a node that fits";
    return { reason: "Unschedulable", message: `No node can take the pod: ${words}`, hint };
  },
  ImagePullFailed: (trouble, pod) => imageCause(trouble, placeOf(pod)),
  NotConfigured({ words }, pod) {
    const message = `The container cannot be configured: ${words}`;
    return { reason: "NotConfigured", message, hint: `See kubectl describe pod ${placeOf(pod)}` };
  },
  StartFailed: ({ words }) => ({
    reason: "StartFailed",
    message: `The container cannot be started: ${words}`,
    hint: OWN_IMAGE,
  }),
  CrashLoop: (_trouble, pod) => crashCause(pod),
};

/** What keeps a pod that has not ended from running; undefined when nothing does, as far as the cluster says. */
export function waitingCause(pod: LivePod, about: About): Cause | undefined {
  const trouble = podTrouble(pod);
  if (trouble !== undefined) return SENTENCES[trouble.reason](trouble, pod, about);
  return claimCause(about) ?? eventCause(pod, about.events);
}

/** Why the pod ended, or its node no longer speaks for it; undefined for a pod that was ended on purpose. */
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
  const end = terminated(pod);
  return end === undefined || end.exitCode === 0 ? undefined : endOf(end, pod);
}

/** Its container runs, as far as the API server knows, and its node has not been heard of. */
export function silentNode(pod: LivePod): Cause {
  const message = `The node "${pod.spec?.nodeName ?? ""}" of the pod does not answer`;
  return { reason: "NodeNotReady", message, hint: `See kubectl describe node. ${forceHint(pod)}` };
}

/** How the pod's container ended last; of one that was started again, how the one before it did. */
export function terminated(pod: LivePod) {
  const status = pod.status?.containerStatuses?.[0];
  return status?.state?.terminated ?? status?.lastState?.terminated;
}

/** Why a container that runs is not its pod's first; undefined when it is. */
export function restartCause(pod: LivePod): Cause | undefined {
  const end = pod.status?.containerStatuses?.[0]?.lastState?.terminated;
  if (end === undefined) return undefined;
  const { message, ...cause } = endOf(end, pod);
  return { ...cause, message: `The container was restarted: ${message}` };
}

function endOf(end: NonNullable<ReturnType<typeof terminated>>, pod: LivePod): Cause {
  if (end.reason === "OOMKilled") {
    const limit = pod.spec?.containers[0]?.resources?.limits?.["memory"];
    const message = `The agent needed more memory than ${limit === undefined ? "its node has" : `its limit, ${limit}`}`;
    return { reason: "OutOfMemory", message, hint: "Create the session with a higher --memory-limit" };
  }
  if (isStartError(end)) {
    const message = `The container could not be started: ${clusterWords(end.message)}`;
    return { reason: "StartFailed", message, hint: OWN_IMAGE };
  }
  const signal = end.exitCode > 128 ? `, signal ${end.exitCode - 128}` : "";
  const message = `The runner ended with exit code ${end.exitCode}${signal}`;
  return { reason: "RunnerFailed", message, hint: `See kubectl logs ${placeOf(pod)} --previous` };
}

function crashCause(pod: LivePod): Cause {
  const end = terminated(pod);
  const last = end === undefined ? undefined : endOf(end, pod);
  const why = last === undefined ? "" : `: ${last.message}`;
  const hint = last?.reason === "OutOfMemory" ? last.hint : `See kubectl logs ${placeOf(pod)} --previous`;
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

/** A claim that waits for its pod to be scheduled is as it should be; one that cannot be served says so by an event. */
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
  return { reason, message: `${what}: ${clusterWords(event.note)}`, hint: `See kubectl describe pod ${placeOf(pod)}` };
}

/** The newest event of those. */
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

function forceHint(pod: LivePod): string {
  const remove = `kubectl delete pod ${placeOf(pod)} --force --grace-period=0`;
  return `The session continues when the node is back. If the node is gone for good: ${remove}`;
}

const placeOf = ({ metadata: { name, namespace = "" } }: LivePod) => `${name} -n ${namespace}`;
