import { type PodTrouble, podTrouble } from "@clauderon/pods";
import type { Cause, RunContext } from "./cause.ts";
import { secondsSince } from "./instant.ts";
import { configCause } from "./missingKey.ts";
import type { LiveJob, LivePod } from "./objects.ts";

/** How long a pod may take to be created, or to mount its volumes, before that is reported. */
export const PATIENCE_SECONDS = 15;

/**
 * Why a run that has not ended is not running; undefined if nothing is wrong yet. `now` is milliseconds since the epoch.
 * `podTrouble` of `pods` decides what is wrong. `waitingCause` of the daemon does the same for the pods of sessions.
 */
export function waitingCause(
  job: LiveJob,
  pod: LivePod | undefined,
  context: RunContext,
  now: number,
): Cause | undefined {
  if (pod === undefined) return podMissing(job, context, now);
  if (pod.status?.phase !== "Pending") return undefined;
  return troubleCause(pod, context) ?? unmounted(pod, context, now);
}

function podMissing(job: LiveJob, { namespace }: RunContext, now: number): Cause | undefined {
  if (job.spec?.suspend === true || secondsSince(job.status?.startTime, now) < PATIENCE_SECONDS) return undefined;
  const name = job.metadata.name;
  const why = `Kubernetes cannot create the pod of Job "${name}", often because of a ResourceQuota, a LimitRange or Pod Security`;
  return { reason: "PodRefused", message: `${why}: see kubectl describe job ${name} --namespace ${namespace}` };
}

type Sentence = (trouble: PodTrouble, pod: LivePod, context: RunContext) => Cause | undefined;

/** One sentence for each {@link PodTrouble} of a job. The daemon's `waitingCause.ts` has those of sessions. */
const WAITING_SENTENCES: Readonly<Record<PodTrouble["reason"], Sentence>> = {
  VolumeNotBound({ words }, _pod, { agentJob }) {
    const message = `The volume of AgentJob "${agentJob}" is not bound (${words}): check its storageClassName, and that the cluster has a provisioner for it`;
    return { reason: "VolumeNotBound", message };
  },
  Unschedulable({ words }) {
    const message = `No node can run the pod (${words}): lower spec.resources or add a larger node`;
    return { reason: "Unschedulable", message };
  },
  ImagePullFailed({ image, words }, _pod, { runtimeRef }) {
    const advice = `check the image and imagePullSecrets of AgentRuntime "${runtimeRef}"`;
    return { reason: "ImagePullFailed", message: `Image "${image}" cannot be pulled (${words}): ${advice}` };
  },
  NotConfigured: ({ words }, pod, context) => configCause(words, pod, context),
  StartFailed({ words }, _pod, { runtimeRef }) {
    const advice = `check the command of AgentRuntime "${runtimeRef}"`;
    return { reason: "StartFailed", message: `The container cannot be started (${words}): ${advice}` };
  },
  // The kubelet never restarts the pod of a job.
  CrashLoop: () => undefined,
};

function troubleCause(pod: LivePod, context: RunContext): Cause | undefined {
  const trouble = podTrouble(pod);
  return trouble === undefined ? undefined : WAITING_SENTENCES[trouble.reason](trouble, pod, context);
}

/** The pod's status does not report a missing Secret of a volume, only the delay. So name the mounted Secrets. */
function unmounted(pod: LivePod, { namespace }: RunContext, now: number): Cause | undefined {
  const ready = pod.status?.conditions?.find(({ type }) => type === "PodReadyToStartContainers");
  if (ready?.status !== "False" || secondsSince(pod.status?.startTime, now) < PATIENCE_SECONDS) return undefined;
  const sources = (pod.spec?.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  const secrets = sources.flatMap(({ secret }) => (secret?.name === undefined ? [] : [`"${secret.name}"`]));
  const which = secrets.length === 0 ? "its volumes" : `its volumes, which need Secret ${secrets.join(", ")}`;
  const see = `see kubectl describe pod ${pod.metadata.name} --namespace ${namespace}`;
  return { reason: "VolumeNotMounted", message: `The pod is still waiting for ${which}: ${see}` };
}
