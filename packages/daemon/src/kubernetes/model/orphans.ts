import { SESSION_ANNOTATION, SESSION_LABELS } from "@clauderon/pods";
import type { KubeObject } from "@clauderon/base";
import type { Orphan } from "../../model/orphan.ts";
import { creatorOf, type LiveClaim, type LivePod } from "./objects.ts";
import { hasEnded } from "./observation.ts";
import { readRecord } from "./record.ts";

/** What the namespace contains, and what this daemon knows about it. */
export interface Remains {
  readonly namespace: string;
  readonly claims: readonly LiveClaim[];
  readonly pods: readonly LivePod[];
  /** The uids of the registry's sessions. */
  readonly known: ReadonlySet<string>;
  /** The names in unreadable rows. An object with such a name may belong to that row. */
  readonly unreadable: ReadonlySet<string>;
  /** The name of the daemon's user on the API server. */
  readonly user: string;
}

/**
 * The objects that belong to no session. A claim with a readable record is not an orphan, even if this registry does not
 * know it: another daemon may, and this one can adopt it. An unreadable claim is listed but always kept, because nobody
 * can say where the work on its volume belongs. The same applies to a pod that may still run. Objects of other users are
 * not listed.
 */
export function orphansOf(remains: Remains): readonly Orphan[] {
  const { namespace, claims, pods, known, unreadable, user } = remains;
  const isNone = (object: KubeObject) => known.has(uidOf(object)) || unreadable.has(nameOf(object));
  const strange = claims.filter((claim) => !isNone(claim) && (creatorOf(claim) ?? user) === user);
  const claimed = new Set(claims.map(uidOf));
  return [
    ...strange.flatMap((claim) => ofClaim(claim, namespace) ?? []),
    ...pods.filter((pod) => !isNone(pod) && !claimed.has(uidOf(pod))).map((pod) => ofPod(pod, namespace)),
  ];
}

function ofClaim(claim: LiveClaim, namespace: string): Orphan | undefined {
  const read = readRecord(claim);
  if ("record" in read) return undefined;
  const advice =
    `A newer clauderon may have made it: update clauderon, and run clauderon reconcile again. ` +
    `To delete it with its work, run kubectl delete pod,pvc -n ${namespace} -l session=${nameOf(claim)}`;
  const kept = `Kept, because its annotation ${SESSION_ANNOTATION} cannot be read (${read.problem}). ${advice}`;
  return { kind: claim.kind, name: claim.metadata.name, kept };
}

function ofPod(pod: LivePod, namespace: string): Orphan {
  const { kind, metadata } = pod;
  const orphan = { kind, name: metadata.name };
  const mayRun = !hasEnded(pod) && pod.status?.phase !== undefined && pod.status.phase !== "Pending";
  if (!mayRun) return orphan;
  const kept =
    `Kept, because it is running and its volume claim is gone, so its work cannot be fetched. ` +
    `Copy what you need with kubectl cp, then run kubectl delete pod -n ${namespace} ${metadata.name}`;
  return { ...orphan, kept };
}

const uidOf = ({ metadata }: KubeObject): string => metadata.labels?.[SESSION_LABELS.uid] ?? "";
const nameOf = ({ metadata }: KubeObject): string => metadata.labels?.[SESSION_LABELS.session] ?? "";
