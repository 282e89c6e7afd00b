import { createHash } from "node:crypto";
import { type Clock, type Log, messageOf, Secret } from "@clauderon/base";
import { Informer } from "@clauderon/controller";
import { type KubeClient, SECRETS } from "@clauderon/kube";
import {
  credentialFileSchema,
  type CredentialRule,
  type Grant,
  grantSecretName,
  PROXY_LABEL,
  PROXY_SECRETS,
} from "@clauderon/protocol/proxy";
import { type Authentication, authenticate, userOf } from "../principals/authenticate.ts";
import type { Principals } from "../principals/principals.ts";
import { grantOf, isGrant, kindOf, type LiveSecret, type SecretGrant, textOf } from "./secrets.ts";
import { ReadLimit } from "./model/readLimit.ts";

export interface ClusterPrincipalsOptions {
  readonly client: Pick<KubeClient, "get" | "list" | "watch">;
  readonly namespace: string;
  readonly log: Log;
  readonly clock: Clock;
}

interface Entry {
  /** The name of the Secret. */
  readonly name: string;
  readonly of: SecretGrant;
  readonly digest: string;
}

/** A user name that can be the end of a Secret's name. */
const PRINCIPAL = /^[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?$/;

/**
 * The principals of one namespace: a labelled Secret for each grant, with credentials of its own, or references to
 * labelled Secrets. While the API server is away, what was read last stays in effect.
 */
export class ClusterPrincipals implements Principals {
  readonly whyNoSecret =
    `Its Secret does not exist, has no such key, or does not have the label ${PROXY_LABEL}=${PROXY_SECRETS.credential}`;
  readonly #options: ClusterPrincipalsOptions;
  readonly #secrets: Informer<LiveSecret>;
  readonly #grants = new Map<string, Entry>();
  readonly #shared = new Map<string, LiveSecret>();
  readonly #unusable = new Set<string>();
  readonly #reads: ReadLimit;
  readonly #stop = new AbortController();
  #onChange: () => void = () => undefined;

  constructor(options: ClusterPrincipalsOptions) {
    this.#options = options;
    const { client, namespace, log, clock } = options;
    const labelSelector = `${PROXY_LABEL} in (${Object.values(PROXY_SECRETS).join(", ")})`;
    this.#secrets = new Informer<LiveSecret>(client, SECRETS, { namespace, labelSelector }, { log, clock });
    this.#reads = new ReadLimit(clock);
    this.#secrets.onChange(({ type, object }) => {
      if (type === "deleted") this.#forget(object.metadata.name);
      else this.#take(object);
      this.#onChange();
    });
  }

  get isReady(): boolean {
    return this.#secrets.synced;
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
    return authenticate(header, (principal) => this.#grants.get(grantSecretName(principal))?.of.grant);
  }

  current(principal: string, tokenHash: string): Grant | undefined {
    const grant = this.#grants.get(grantSecretName(principal))?.of.grant;
    return grant?.tokenHash === tokenHash ? grant : undefined;
  }

  has(principal: string): boolean {
    return this.#grants.has(grantSecretName(principal));
  }

  hasText(digest: string): boolean {
    return [...this.#grants.values()].some((entry) => entry.digest === digest);
  }

  rulesOf({ principal }: Grant): readonly CredentialRule[] {
    const credentials = this.#grants.get(grantSecretName(principal))?.of.credentials ?? [];
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
    const credentials = this.#grants.get(grantSecretName(principal))?.of.credentials ?? [];
    const found = credentials.find(({ name }) => name === credential);
    if (found === undefined) return undefined;
    if ("secret" in found) return new Secret(found.secret);
    const shared = this.#shared.get(found.secretRef.name);
    const text = shared === undefined ? "" : textOf(shared, found.secretRef.key).trim();
    return credentialFileSchema.shape.secret.safeParse(text).success ? new Secret(text) : undefined;
  }

  /** The watch reports changes as soon as there are any. */
  reload(): void {}

  watch(onChange: () => void): void {
    this.#onChange = onChange;
    void this.#secrets.run(this.#stop.signal);
  }

  close(): void {
    this.#stop.abort();
  }

  async #read(name: string): Promise<void> {
    const { client, namespace, log } = this.#options;
    try {
      const secret = await client.get(SECRETS, { namespace, name });
      if (secret === undefined || kindOf(secret) === undefined) this.#forget(name);
      else this.#take(secret);
      this.#onChange();
    } catch (thrown) {
      log.warn("Cannot look for a grant", { secret: name, error: messageOf(thrown) });
    }
  }

  #take(secret: LiveSecret): void {
    const { name } = secret.metadata;
    this.#forget(name);
    if (!isGrant(secret)) return void this.#shared.set(name, secret);
    try {
      const of = grantOf(secret);
      this.#grants.set(name, { name, of, digest: createHash("sha256").update(of.text).digest("hex") });
    } catch (thrown) {
      this.#unusable.add(name);
      this.#options.log.error("Cannot use the Secret", { secret: name, reason: messageOf(thrown) });
    }
  }

  #forget(name: string): void {
    this.#grants.delete(name);
    this.#shared.delete(name);
    this.#unusable.delete(name);
  }
}
