import { Fault, type WireObject } from "@clauderon/base";
import {
  type Grant,
  GRANT_KEYS,
  type GrantCredential,
  grantSecretName,
  parseGrant,
  parseGrantCredentials,
  PROXY_LABEL,
  PROXY_SECRETS,
} from "@clauderon/protocol/proxy";
import type { Secret } from "kubernetes-types/core/v1.js";

export type LiveSecret = WireObject<Secret>;

/** What the Secret of a grant says. */
export interface SecretGrant {
  readonly grant: Grant;
  /** The text of the grant. */
  readonly text: string;
  readonly credentials: readonly GrantCredential[];
}

/** The label of a Secret that this proxy reads. */
export const kindOf = ({ metadata }: LiveSecret): string | undefined => metadata.labels?.[PROXY_LABEL];

export const isGrant = (secret: LiveSecret): boolean => kindOf(secret) === PROXY_SECRETS.grant;

/** The grant in a Secret. Throws a Fault, which quotes nothing of the Secret, for one that is not valid or has another name. */
export function grantOf(secret: LiveSecret): SecretGrant {
  const text = textOf(secret, GRANT_KEYS.grant);
  const grant = parseGrant(text);
  const { name } = secret.metadata;
  if (grantSecretName(grant.principal) !== name)
    throw new Fault("SPEC_INVALID", `The grant of principal ${grant.principal} is in a Secret with another name`);
  const listed = textOf(secret, GRANT_KEYS.credentials);
  return { grant, text, credentials: listed === "" ? [] : parseGrantCredentials(listed) };
}

/** The text under a key of a Secret; empty if there is none. */
export function textOf({ data }: LiveSecret, key: string): string {
  return Buffer.from(data?.[key] ?? "", "base64").toString();
}
