import { Fault } from "@clauderon/base";
import { PERSISTENT_VOLUME_CLAIMS, PODS } from "@clauderon/kube";
import { SESSION_LABELS, sessionObjectName } from "@clauderon/pods";
import type { SessionTools } from "./sessionTools.ts";
import { eachOnce } from "./eachOnce.ts";
import type { LiveClaim, LivePod } from "./model/objects.ts";
import { observation, own } from "./model/observation.ts";

interface Whose {
  readonly name: string;
  readonly uid: string;
}

interface Wait {
  readonly progress: (step: string) => void;
  readonly signal: AbortSignal;
}

interface Found {
  readonly pod: LivePod | undefined;
  readonly claim: LiveClaim | undefined;
}

/** Deletes the session's pod and returns when it is gone. Keeps its claim, ConfigMap and Secret. */
export function halt(tools: SessionTools, session: Whose, wait: Wait): Promise<void> {
  return untilGone(tools, session, { ...wait, wanted: ({ pod }) => ({ pod, claim: undefined }) });
}

/** Deletes everything that was made for the session, the claim last, and returns when it is gone. */
export async function remove(tools: SessionTools, session: Whose, wait: Wait): Promise<void> {
  await untilGone(tools, session, { ...wait, wanted: (found) => found });
  // Usually they are deleted with the claim. This is for a session whose claim somebody else deleted.
  await tools.objects.deleteFiles(session);
}

/**
 * Deletes a pod whose claim is gone, and the files of its session. The caches may disagree, so this asks the API server:
 * a pod whose claim exists is kept, and a claim is never touched.
 */
export async function removeStrayPod(tools: SessionTools, { metadata }: LivePod): Promise<void> {
  const { [SESSION_LABELS.session]: name, [SESSION_LABELS.uid]: uid } = metadata.labels ?? {};
  if (name === undefined || uid === undefined || metadata.name !== sessionObjectName(name)) return;
  const session = { name, uid };
  const { pod, claim } = await tools.objects.look(session);
  if (pod === undefined || pod.metadata.uid !== metadata.uid) return;
  if (claim !== undefined) throw new Fault("SESSION_EXISTS", `Pod "${metadata.name}" belongs to a volume claim`);
  await halt(tools, session, { progress: () => undefined, signal: NEVER });
  await tools.objects.deleteFiles(session);
}

const NEVER = new AbortController().signal;

interface Removal extends Wait {
  /** Which of the found objects to delete. */
  readonly wanted: (found: Found) => Found;
}

async function untilGone(tools: SessionTools, session: Whose, removal: Removal): Promise<void> {
  const { caches, objects } = tools;
  const progress = eachOnce(removal.progress);
  using watcher = caches.watcher(session.name);
  for (;;) {
    watcher.reset();
    if (caches.problem !== undefined) throw caches.problem;
    const cached = removal.wanted(ownOf(caches.snapshot(session), session));
    const isKnown = cached.pod !== undefined || cached.claim !== undefined;
    // An object that was just created may not be in the caches yet.
    const found = isKnown ? cached : removal.wanted(ownOf(await objects.look(session), session));
    if (found.pod === undefined && found.claim === undefined) return;
    await removeNext(tools, session, found, progress);
    await watcher.changed(removal.signal);
  }
}

function ownOf({ pod, claim }: Found, { uid }: Whose): Found {
  return { pod: own(pod, uid), claim: own(claim, uid) };
}

async function removeNext(
  tools: SessionTools,
  session: Whose,
  { pod, claim }: Found,
  progress: (step: string) => void,
): Promise<void> {
  const { objects, caches } = tools;
  if (pod !== undefined) {
    const { message, hint } = observation(caches.snapshot(session));
    const isStuck = pod.metadata.deletionTimestamp !== undefined && hint !== undefined;
    progress(isStuck ? `${message} (${hint})` : `Stopping the pod "${pod.metadata.name}"`);
    if (pod.metadata.deletionTimestamp === undefined) await objects.delete(PODS, pod);
    return;
  }
  if (claim === undefined) return;
  progress(`Removing the volume "${claim.metadata.name}"`);
  if (claim.metadata.deletionTimestamp !== undefined) return;
  await objects.deleteFiles(session);
  await objects.delete(PERSISTENT_VOLUME_CLAIMS, claim);
}
