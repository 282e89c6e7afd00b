import { Fault } from "@clauderon/base";
import type { SessionRecord } from "../backend.ts";
import type { SessionWork } from "../sessionWork.ts";

/** Causes that do not go away if a cluster is gone for good. */
const OUT_OF_REACH: ReadonlySet<string> = new Set([
  "CLUSTER_UNAVAILABLE",
  "CLUSTER_REFUSED",
  "CLUSTER_MISMATCH",
  "CONFIG_INVALID",
]);

/** The failure of a deletion, with a way out in case nothing in the cluster can be deleted any more. */
export function withWayOut(name: string, thrown: unknown): unknown {
  if (!(thrown instanceof Fault) || !OUT_OF_REACH.has(thrown.code)) return thrown;
  const hint = [
    ...(thrown.hint === undefined ? [] : [thrown.hint]),
    `If its cluster is gone for good: clauderon delete --orphan ${name}`,
  ].join(". ");
  return new Fault(thrown.code, thrown.message, { hint, cause: thrown });
}

/** Rescues fetched work that is nowhere else, and returns its ref. */
export async function rescueToOrphan(work: SessionWork, session: SessionRecord): Promise<string | undefined> {
  try {
    return await work.rescueFetched(session);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const advice = thrown.hint === undefined ? "" : `${thrown.hint}. `;
    const hint = `${advice}Or discard its work: clauderon delete --orphan --discard-work ${session.name}`;
    throw new Fault(thrown.code, thrown.message, { hint, cause: thrown });
  }
}

/** Further notices about what was left behind. */
export function credentialNotices(left: readonly string[], credentials: readonly string[]): readonly string[] {
  if (left.length === 0 || credentials.length === 0) return [];
  const names = credentials.join(", ");
  return [`The Secret holds ${names}, and a pod may still use it: revoke what you cannot delete there`];
}
