import { isIP } from "node:net";
import { SESSION_LABELS, SESSION_MANAGER, SESSION_RECORD_ANNOTATION, sessionObjectName } from "@clauderon/pods";
import { Fault, type KubeObject } from "@clauderon/base";
import { applyIfChanged } from "@clauderon/controller";
import {
  CONFIG_MAPS,
  isAlreadyExists,
  isConflict,
  type KubeClient,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  type Resource,
  SECRETS,
  SERVICES,
} from "@clauderon/kube";
import { grantSecretName, PROXY_SERVICE, USAGE_CONFIG_MAP } from "@clauderon/protocol/proxy";
import type { SessionRecord } from "../backend.ts";
import { attempt } from "./attempt.ts";
import { type LiveClaim, type LivePod, type LiveSecret, recordDigest } from "./model/objects.ts";

/** The session that an object is for. */
interface Whose {
  readonly name: string;
  readonly uid: string;
}

/**
 * Writes the objects of sessions in one namespace. An object with the right name but without the session's uid belongs
 * to somebody else and is never touched: SESSION_EXISTS.
 */
export class SessionObjects {
  readonly #client: KubeClient;
  readonly #namespace: string;

  constructor(client: KubeClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /**
   * Creates the claim and returns the live one. If several callers create a claim with the same name, exactly one
   * succeeds.
   */
  async createClaim(session: Whose, claim: LiveClaim): Promise<LiveClaim> {
    return (await this.#create(PERSISTENT_VOLUME_CLAIMS, claim)) ?? (await this.#existing(session, claim));
  }

  /** Creates the pod. If a pod with the name exists, does nothing: the caller sees it in the caches. */
  async createPod(pod: LivePod): Promise<void> {
    await this.#create(PODS, pod);
  }

  /** Server-side apply of a ConfigMap or Secret, unless nothing would change. */
  async apply<T extends KubeObject>(resource: Resource<T>, session: Whose, desired: T): Promise<void> {
    const live = await this.#get(resource, session, desired.metadata.name);
    if (live !== undefined) this.#refuseForeign(live, session);
    const change = { desired, live, fieldManager: SESSION_MANAGER };
    await this.#attempt("apply", resource, desired.metadata.name, () => applyIfChanged(this.#client, resource, change));
  }

  /** Deletes the object with that uid. It may take a while to be gone. */
  async delete(resource: Resource, { metadata: { name, uid } }: KubeObject): Promise<void> {
    const ref = { namespace: this.#namespace, name };
    const options = uid === undefined ? {} : { uid };
    await attempt(this.#what("delete", resource, name), () => this.#client.delete(resource, ref, options));
  }

  /** Deletes the session's ConfigMap and Secrets. */
  async deleteFiles(session: Whose): Promise<void> {
    await Promise.all([
      ...[CONFIG_MAPS, SECRETS].map((resource) => this.#deleteOwn(resource, session)),
      this.#deleteOwn(SECRETS, session, grantSecretName(session.uid)),
    ]);
  }

  /**
   * Writes what `make` makes of the live Secret with the session's grant, or nothing for undefined. If somebody else writes
   * it in between, `make` is called again with theirs.
   */
  async changeGrant(session: Whose, make: (live: LiveSecret | undefined) => LiveSecret | undefined): Promise<void> {
    const name = grantSecretName(session.uid);
    for (;;) {
      const live = await this.#get(SECRETS, session, name);
      if (live !== undefined) this.#refuseForeign(live, session);
      const desired = make(live);
      if (desired === undefined) return;
      try {
        const change = { desired, live, fieldManager: SESSION_MANAGER, unchanged: true };
        return void (await applyIfChanged(this.#client, SECRETS, change));
      } catch (thrown) {
        if (!isConflict(thrown)) return attempt(this.#what("apply", SECRETS, name), () => Promise.reject(thrown));
      }
    }
  }

  /** The Secret with the session's grant at the proxy. */
  async grant(session: Whose): Promise<LiveSecret | undefined> {
    const live = await this.#get(SECRETS, session, grantSecretName(session.uid));
    return live?.metadata.labels?.[SESSION_LABELS.uid] === session.uid ? live : undefined;
  }

  /** The data of the ConfigMap in which the namespace's proxy keeps what its principals used. */
  async usage(): Promise<Readonly<Record<string, string>> | undefined> {
    const ref = { namespace: this.#namespace, name: USAGE_CONFIG_MAP };
    return (await this.#attempt("read", CONFIG_MAPS, USAGE_CONFIG_MAP, () => this.#client.get(CONFIG_MAPS, ref)))?.data;
  }

  /** The IP address of the namespace's proxy. PROXY_UNAVAILABLE if there is none. */
  async proxyAddress(): Promise<string> {
    const ref = { namespace: this.#namespace, name: PROXY_SERVICE };
    const service = await this.#attempt("read", SERVICES, PROXY_SERVICE, () => this.#client.get(SERVICES, ref));
    const address = service?.spec?.clusterIP;
    if (address !== undefined && isIP(address) !== 0) return address;
    const problem = service === undefined ? "There is no" : "There is no address for the";
    throw new Fault("PROXY_UNAVAILABLE", `${problem} Service "${PROXY_SERVICE}" in namespace "${this.#namespace}"`, {
      hint: `Install the proxy: helm install clauderon charts/clauderon --namespace ${this.#namespace}`,
    });
  }

  /** The session's pod and claim, read from the API server and not from the caches. */
  async look(session: Whose): Promise<{ readonly pod: LivePod | undefined; readonly claim: LiveClaim | undefined }> {
    const [pod, claim] = await Promise.all([this.#get(PODS, session), this.#get(PERSISTENT_VOLUME_CLAIMS, session)]);
    return { pod, claim };
  }

  /** Whether the session's Secret has the same digest of the record as the claim. */
  async confirms(session: SessionRecord): Promise<boolean> {
    const { labels, annotations } = (await this.#get(SECRETS, session))?.metadata ?? {};
    return (
      labels?.[SESSION_LABELS.uid] === session.uid && annotations?.[SESSION_RECORD_ANNOTATION] === recordDigest(session)
    );
  }

  /** The SESSION_EXISTS Fault for an object with the session's name that belongs to somebody else. */
  foreign(object: KubeObject): Fault {
    const { name, labels } = object.metadata;
    const session = labels?.[SESSION_LABELS.uid] === undefined ? "" : " of another session";
    const what = `${object.kind} "${name}"${session} already exists in namespace "${this.#namespace}"`;
    const hint = `Choose another name for the session; kubectl get ${object.kind.toLowerCase()} ${name} -n ${this.#namespace} -o yaml shows whose it is`;
    return new Fault("SESSION_EXISTS", what, { hint });
  }

  async #existing(session: Whose, claim: LiveClaim): Promise<LiveClaim> {
    const live = await this.#get(PERSISTENT_VOLUME_CLAIMS, session);
    // The claim was deleted between the two calls: try again.
    if (live === undefined) return this.createClaim(session, claim);
    this.#refuseForeign(live, session);
    return live;
  }

  async #deleteOwn(resource: Resource, session: Whose, name?: string): Promise<void> {
    const live = await this.#get(resource, session, name);
    if (live?.metadata.labels?.[SESSION_LABELS.uid] === session.uid) await this.delete(resource, live);
  }

  #get<T extends KubeObject>(
    resource: Resource<T>,
    session: Whose,
    name = sessionObjectName(session.name),
  ): Promise<T | undefined> {
    const ref = { namespace: this.#namespace, name };
    return this.#attempt("read", resource, name, () => this.#client.get(resource, ref));
  }

  async #create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T | undefined> {
    try {
      return await this.#client.create(resource, object, { fieldManager: SESSION_MANAGER });
    } catch (thrown) {
      if (isAlreadyExists(thrown)) return undefined;
      return attempt(this.#what("create", resource, object.metadata.name), () => Promise.reject(thrown));
    }
  }

  #refuseForeign(object: KubeObject, { uid }: Whose): void {
    if (object.metadata.labels?.[SESSION_LABELS.uid] !== uid) throw this.foreign(object);
  }

  #attempt<T>(verb: string, resource: Resource, name: string, act: () => Promise<T>): Promise<T> {
    return attempt(this.#what(verb, resource, name), act);
  }

  #what(verb: string, { kind }: Resource, name: string) {
    return { verb, what: `${kind} "${name}"`, namespace: this.#namespace };
  }
}
