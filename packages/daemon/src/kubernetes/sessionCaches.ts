import { SESSION_LABELS, SESSION_SELECTOR, sessionObjectName } from "@clauderon/pods";
import { type Fault, type KubeObject, objectKey } from "@clauderon/base";
import { Informer, type Surroundings } from "@clauderon/controller";
import { ApiError, EVENTS, type KubeClient, PERSISTENT_VOLUME_CLAIMS, PODS } from "@clauderon/kube";
import { type ChangeWatcher, Changes } from "./changes.ts";
import type { LiveClaim, LiveEvent, LivePod } from "./model/objects.ts";
import { refusalFault } from "./model/refusal.ts";
import type { SessionSnapshot } from "./model/observation.ts";
import { abortable } from "../abortable.ts";
import { Reachability } from "./reachability.ts";

const BY_NAME = "name";

/** Local copies of the sessions' claims and pods in one namespace, and of the events about them. */
export class SessionCaches {
  readonly namespace: string;
  readonly #claims: Informer<LiveClaim>;
  readonly #pods: Informer<LivePod>;
  readonly #events: Informer<LiveEvent>;
  readonly #reachability: Reachability;
  readonly #changes = new Changes();
  readonly #listeners = new Set<(name: string | undefined) => void>();

  constructor(client: Pick<KubeClient, "list" | "watch">, namespace: string, surroundings: Surroundings) {
    this.namespace = namespace;
    this.#reachability = new Reachability(client, () => this.#tell(undefined));
    const ours = { namespace, labelSelector: SESSION_SELECTOR };
    this.#claims = new Informer(this.#reachability, PERSISTENT_VOLUME_CLAIMS, ours, surroundings);
    this.#pods = new Informer(this.#reachability, PODS, ours, surroundings);
    const byName = { [BY_NAME]: (event: LiveEvent) => [event.regarding?.name ?? ""] };
    const events = { namespace, indexes: byName, transform: lean };
    this.#events = new Informer<LiveEvent>(this.#reachability, EVENTS, events, surroundings);
    const byLabel = ({ object }: { readonly object: KubeObject }) => this.#tell(sessionOf(object));
    this.#claims.onChange(byLabel);
    this.#pods.onChange(byLabel);
    this.#events.onChange(({ object }) => {
      if (object.regarding?.name !== undefined) this.#tell(object.regarding.name.slice(sessionObjectName("").length));
    });
  }

  /** Keeps the caches up to date until the signal aborts. */
  run(signal: AbortSignal): void {
    for (const informer of [this.#claims, this.#pods, this.#events]) void informer.run(signal);
  }

  /** Why the caches may be out of date. Events do not count: they only add details. */
  get problem(): Fault | undefined {
    const problem = this.#reachability.problem(PERSISTENT_VOLUME_CLAIMS) ?? this.#reachability.problem(PODS);
    if (!(problem instanceof ApiError)) return problem;
    return refusalFault(problem, {
      verb: "watch",
      what: "the sessions' volume claims and pods",
      namespace: this.namespace,
    });
  }

  /** Resolves when the caches hold what the cluster has. Throws the reason if they cannot. */
  async ready(signal: AbortSignal): Promise<void> {
    const synced = Promise.all([this.#claims.whenSynced(), this.#pods.whenSynced()]);
    const failed = Promise.withResolvers<never>();
    const check = () => {
      const { problem } = this;
      if (problem !== undefined) failed.reject(problem);
    };
    this.#listeners.add(check);
    check();
    try {
      await abortable(Promise.race([synced, failed.promise]), signal);
    } finally {
      this.#listeners.delete(check);
    }
  }

  snapshot({ name, uid }: { readonly name: string; readonly uid: string }): SessionSnapshot {
    const object = sessionObjectName(name);
    const key = objectKey({ namespace: this.namespace, name: object });
    return {
      uid,
      namespace: this.namespace,
      claim: this.#claims.get(key),
      pod: this.#pods.get(key),
      events: this.#events.byIndex(BY_NAME, object),
    };
  }

  claims(): readonly LiveClaim[] {
    return this.#claims.list();
  }

  pods(): readonly LivePod[] {
    return this.#pods.list();
  }

  watcher(name: string): ChangeWatcher {
    return this.#changes.watcher(name);
  }

  /** Calls back when something about a session has changed, with its name, or without one if it may be any session. */
  listen(listener: (name: string | undefined) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  #tell(name: string | undefined): void {
    this.#changes.tell(name);
    for (const listener of this.#listeners) listener(name);
  }
}

const sessionOf = ({ metadata }: KubeObject): string => metadata.labels?.[SESSION_LABELS.session] ?? "";

/** The namespace may contain many events about other things. Of those, only the identity is kept. */
function lean(event: LiveEvent): LiveEvent {
  const { apiVersion, kind, metadata, reason, note, regarding, series, eventTime, deprecatedLastTimestamp } = event;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const identity = omitUndefined({ name, namespace, uid, resourceVersion, creationTimestamp }) as LiveEvent["metadata"];
  const isOurs = regarding?.name?.startsWith(sessionObjectName("")) === true;
  const words = isOurs ? { reason, note, regarding, series, eventTime, deprecatedLastTimestamp } : {};
  return omitUndefined({ apiVersion, kind, metadata: identity, ...words }) as LiveEvent;
}

function omitUndefined(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
