import { Fault } from "@clauderon/base";
import type { NamespacePlace } from "../../model/namespacePlace.ts";
import type { SessionRecord } from "../../model/sessionRecord.ts";

/** The namespace that the daemon uses, as it is now. */
export interface Here {
  readonly namespace: string;
  /** Undefined if the cluster has no such namespace. */
  readonly place: NamespacePlace | undefined;
}

/**
 * Whether a session's objects are where the daemon looks. `Unplaced`: none were made yet. `Found`: no record of their
 * place exists, but objects with the session's uid are here. `Unknown`: no record of their place exists, and none are
 * here.
 */
export type Whereabouts = "Here" | "Unplaced" | "Found" | "Unknown" | Elsewhere;
export interface Elsewhere {
  readonly elsewhere: NamespacePlace;
}

export function whereaboutsOf({ place }: SessionRecord, here: Here, hasObjects: boolean): Whereabouts {
  if (place === null) return "Unplaced";
  if (place === undefined) return hasObjects ? "Found" : "Unknown";
  const isHere = place.namespace === here.namespace && place.uid === here.place?.uid;
  return isHere ? "Here" : { elsewhere: place };
}

/** CLUSTER_MISMATCH for a session that is elsewhere, or may be. */
export function mismatchFault({ name }: SessionRecord, where: "Unknown" | Elsewhere, { namespace }: Here): Fault {
  if (where === "Unknown") {
    const message = `Nothing of session "${name}" is in namespace "${namespace}" of this cluster, and its row does not name its cluster`;
    const hint = "Choose the cluster that it was created in, with kubernetes.context and kubernetes.namespace";
    return new Fault("CLUSTER_MISMATCH", message, { hint });
  }
  const { elsewhere } = where;
  const context = elsewhere.context === undefined ? [] : [`--context ${elsewhere.context}`];
  if (elsewhere.namespace !== namespace) {
    const message = `Session "${name}" is in namespace "${elsewhere.namespace}", but the daemon uses "${namespace}"`;
    const flags = [...context, `--namespace ${elsewhere.namespace}`].join(" and ");
    return new Fault("CLUSTER_MISMATCH", message, { hint: `Restart the daemon with ${flags}` });
  }
  const message = `Session "${name}" is in another cluster: namespace "${namespace}" here is not the one that it was created in`;
  const hint = `Restart the daemon with ${context[0] ?? "the context that it was created with"}`;
  return new Fault("CLUSTER_MISMATCH", message, { hint });
}
