import { type Clock, type Log, messageOf, Secret } from "@clauderon/base";
import { Informer } from "@clauderon/controller";
import { CONFIG_MAPS, type KubeClient, SECRETS } from "@clauderon/kube";
import {
  credentialFileSchema,
  type CredentialRule,
  type Grant,
  GRANT_KEYS,
  grantSecretName,
  PROXY_LABEL,
  PROXY_SECRETS,
} from "@clauderon/protocol/proxy";
import { type Authentication, authenticate, userOf } from "../principals/authenticate.ts";
import type { Principals } from "../principals/principals.ts";
import { createPassword } from "./passwords.ts";
import {
  type ClusterGrant,
  grantOfConfigMap,
  grantOfSecret,
  kindOf,
  type LiveConfigMap,
  type LiveSecret,
  textOf,
} from "./secrets.ts";
import { ReadLimit } from "./model/readLimit.ts";

export interface ClusterPrincipalsOptions {
  readonly client: Pick<KubeClient, "get" | "list" | "watch" | "create">;
  readonly namespace: string;
  readonly log: Log;
  readonly clock: Clock;
}

/** How soon a grant of which only a read told this proxy is read again. */
const READ_AGAIN_MS = 5_000;
/** A user name that can be the end of a Secret's name. */
const PRINCIPAL = /^[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?$/;

/**
 * The principals of one namespace. A grant is a labelled Secret, with credentials of its own or references to labelled
 * Secrets; or a labelled ConfigMap with references, for which this makes a Secret with a password. While the API server is
 * away, what was read last stays in effect.
 */
export class ClusterPrincipals implements Principals {
  readonly whyNoSecret =
    `Its Secret does not exist, has no such key, or does not have the label ${PROXY_LABEL}=${PROXY_SECRETS.credential}`;
  readonly #options: ClusterPrincipalsOptions;
  readonly #secrets: Informer<LiveSecret>;
  readonly #configMaps: Informer<LiveConfigMap>;
  /** By the name of their Secret or ConfigMap, as everything below. */
  readonly #grants = new Map<string, ClusterGrant>();
  readonly #policies = new Map<string, LiveConfigMap>();
  readonly #labelled = new Map<string, LiveSecret>();
  readonly #unusable = new Set<string>();
  /** Known by a read alone: the watch has not reported them, and would not report their deletion after its next list. */
  readonly #unheard = new Set<string>();
  readonly #reading = new Set<{ readonly name: string; readonly outdated: Set<unknown> }>();
  readonly #reads: ReadLimit;
  readonly #stop = new AbortController();
  #onChange: () => void = () => undefined;

  constructor(options: ClusterPrincipalsOptions) {
    this.#options = options;
    const { client, namespace, log, clock } = options;
    const surroundings = { log, clock };
    const kinds = `${PROXY_LABEL} in (${Object.values(PROXY_SECRETS).join(", ")})`;
    this.#secrets = new Informer<LiveSecret>(client, SECRETS, { namespace, labelSelector: kinds }, surroundings);
    const grants = `${PROXY_LABEL}=${PROXY_SECRETS.grant}`;
    this.#configMaps = new Informer(client, CONFIG_MAPS, { namespace, labelSelector: grants }, surroundings);
    this.#reads = new ReadLimit(clock);
    this.#secrets.onChange(({ type, object }) => {
      const { name } = object.metadata;
      this.#heard(this.#labelled, name);
      this.#keep(this.#labelled, name, type === "deleted" ? undefined : object);
    });
    this.#configMaps.onChange(({ type, object }) => {
      const { name } = object.metadata;
      this.#heard(this.#policies, name);
      this.#keep(this.#policies, name, type === "deleted" ? undefined : object);
    });
  }

  get isReady(): boolean {
    return this.#secrets.synced && this.#configMaps.synced;
  }

  get count(): number {
    return this.#grants.size;
  }

  get unusable(): number {
    return this.#unusable.size;
  }

  async meet(header: string | undefined): Promise<void> {
    if (header === undefined || this.authenticate(header).known) return;
    const { user } = userOf(header);
    if (!PRINCIPAL.test(user)) return;
    await this.#reads.once(user, () => this.#read(grantSecretName(user)));
  }

  authenticate(header: string | undefined): Authentication {
    return authenticate(header, (principal) => this.#grants.get(grantSecretName(principal))?.grant);
  }

  current(principal: string, tokenHash: string): Grant | undefined {
    const grant = this.#grants.get(grantSecretName(principal))?.grant;
    return grant?.tokenHash === tokenHash ? grant : undefined;
  }

  has(principal: string): boolean {
    return this.#grants.has(grantSecretName(principal));
  }

  hasText(digest: string): boolean {
    return [...this.#grants.values()].some((entry) => entry.digest === digest);
  }

  rulesOf({ principal }: Grant): readonly CredentialRule[] {
    const credentials = this.#grants.get(grantSecretName(principal))?.credentials ?? [];
    return credentials.map((credential) => {
      const { name, service } = credential;
      if ("secretRef" in credential) return { name, service };
      const { hosts, headers } = credential;
      return {
        name,
        service,
        ...(hosts === undefined ? {} : { hosts }),
        ...(headers === undefined ? {} : { headers }),
      };
    });
  }

  secretOf({ principal }: Grant, credential: string): Secret | undefined {
    const credentials = this.#grants.get(grantSecretName(principal))?.credentials ?? [];
    const found = credentials.find(({ name }) => name === credential);
    if (found === undefined) return undefined;
    if ("secret" in found) return new Secret(found.secret);
    const shared = this.#labelled.get(found.secretRef.name);
    const isShared = shared !== undefined && kindOf(shared) === PROXY_SECRETS.credential;
    const text = isShared ? textOf(shared, found.secretRef.key).trim() : "";
    return credentialFileSchema.shape.secret.safeParse(text).success ? new Secret(text) : undefined;
  }

  /** The watch reports changes as soon as there are any. */
  reload(): void {}

  watch(onChange: () => void): void {
    this.#onChange = onChange;
    void this.#secrets.run(this.#stop.signal);
    void this.#configMaps.run(this.#stop.signal);
  }

  close(): void {
    this.#stop.abort();
  }

  /** What a read finds is older than what the watch reports meanwhile. */
  #heard(objects: ReadonlyMap<string, unknown>, name: string): void {
    for (const reading of this.#reading) if (reading.name === name) reading.outdated.add(objects);
  }

  async #read(name: string): Promise<void> {
    const { client, namespace, log } = this.#options;
    const ref = { namespace, name };
    const outdated = new Set<unknown>();
    const reading = { name, outdated };
    this.#reading.add(reading);
    try {
      const [secret, configMap] = await Promise.all([client.get(SECRETS, ref), client.get(CONFIG_MAPS, ref)]);
      const isPolicy = configMap !== undefined && kindOf(configMap) === PROXY_SECRETS.grant;
      const isLabelled = secret !== undefined && kindOf(secret) !== undefined;
      if (!outdated.has(this.#policies)) this.#keep(this.#policies, name, isPolicy ? configMap : undefined);
      if (!outdated.has(this.#labelled)) this.#keep(this.#labelled, name, isLabelled ? secret : undefined);
      if (this.#isUnheard(name) && !this.#unheard.has(name)) void this.#readAgain(name);
    } catch (thrown) {
      log.warn("Cannot look for a grant", { name, error: messageOf(thrown) });
    } finally {
      this.#reading.delete(reading);
    }
  }

  #isUnheard(name: string): boolean {
    const key = `${this.#options.namespace}/${name}`;
    const isUnheard = (known: ReadonlyMap<string, unknown>, informer: { get(key: string): unknown }) =>
      known.has(name) && informer.get(key) === undefined;
    return isUnheard(this.#labelled, this.#secrets) || isUnheard(this.#policies, this.#configMaps);
  }

  /** Reads a grant until the watch reports it or it is gone. */
  async #readAgain(name: string): Promise<void> {
    const { signal } = this.#stop;
    this.#unheard.add(name);
    while (this.#isUnheard(name)) {
      await this.#options.clock.sleep(READ_AGAIN_MS, signal);
      if (signal.aborted) return;
      if (this.#isUnheard(name)) await this.#read(name);
    }
    this.#unheard.delete(name);
  }

  #keep<T>(objects: Map<string, T>, name: string, object: T | undefined): void {
    if (object === undefined) objects.delete(name);
    else objects.set(name, object);
    this.#combine(name);
    this.#onChange();
  }

  /** Makes the grant of that name from what is known. */
  #combine(name: string): void {
    const { client, log } = this.#options;
    this.#grants.delete(name);
    this.#unusable.delete(name);
    const secret = this.#labelled.get(name);
    const policy = this.#policies.get(name);
    try {
      const kind = secret === undefined ? undefined : kindOf(secret);
      if (secret !== undefined && kind === PROXY_SECRETS.grant) this.#grants.set(name, grantOfSecret(secret));
      else if (policy !== undefined && secret !== undefined && kind === PROXY_SECRETS.password)
        this.#grants.set(name, grantOfConfigMap(policy, textOf(secret, GRANT_KEYS.password)));
      else if (policy !== undefined && secret === undefined)
        createPassword(client, policy).catch((thrown: unknown) =>
          log.error("Cannot make the password of a grant", { name, error: messageOf(thrown) }),
        );
    } catch (thrown) {
      this.#unusable.add(name);
      log.error("Cannot use a grant", { name, reason: messageOf(thrown) });
    }
  }
}
