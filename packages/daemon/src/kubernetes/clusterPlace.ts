import { type KubeClient, NAMESPACES } from "@clauderon/kube";
import type { SessionRecord } from "../backend.ts";
import type { NamespacePlace } from "../model/namespacePlace.ts";
import { attempt } from "./attempt.ts";
import { own, type SessionSnapshot } from "./model/observation.ts";
import { type Here, mismatchFault, type Whereabouts, whereaboutsOf } from "./model/whereabouts.ts";

export interface WhereaboutsOptions {
  readonly client: Pick<KubeClient, "get">;
  readonly namespace: string;
  readonly context: string | undefined;
}

/**
 * Finds out whether sessions are in the daemon's cluster and namespace. Throws a Fault if the namespace cannot be read,
 * because a guess must not be compared.
 */
export class ClusterPlace {
  readonly #options: WhereaboutsOptions;
  #known: Here | undefined;

  constructor(options: WhereaboutsOptions) {
    this.#options = options;
  }

  /** Asks the API server now. */
  async look(): Promise<Here> {
    const { client, namespace, context } = this.#options;
    const what = { verb: "read", what: "the namespace", namespace };
    const found = await attempt(what, () => client.get(NAMESPACES, { name: namespace }));
    const uid = found?.metadata.uid;
    const place: NamespacePlace | undefined =
      uid === undefined ? undefined : { namespace, uid, ...(context !== undefined && { context }) };
    this.#known = { namespace, place };
    return this.#known;
  }

  /** The last answer of the API server, which is good enough to show. */
  async recall(): Promise<Here> {
    return this.#known?.place === undefined ? await this.look() : this.#known;
  }
}

/** Where a session is, according to the caches. Throws CLUSTER_MISMATCH if it is elsewhere. */
export function locate(
  session: SessionRecord,
  here: Here,
  snapshot: Pick<SessionSnapshot, "claim" | "pod">,
): Exclude<Whereabouts, object> {
  const hasObjects = own(snapshot.claim, session.uid) !== undefined || own(snapshot.pod, session.uid) !== undefined;
  const where = whereaboutsOf(session, here, hasObjects);
  if (typeof where === "object") throw mismatchFault(session, where, here);
  return where;
}
