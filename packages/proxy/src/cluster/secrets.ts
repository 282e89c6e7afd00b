import { createHash } from "node:crypto";
import { Fault, parseJsonObject, type WireObject } from "@clauderon/base";
import {
  type Grant,
  GRANT_KEYS,
  type GrantCredential,
  grantSecretName,
  parseGrant,
  parseGrantCredentials,
  PROXY_LABEL,
} from "@clauderon/protocol/proxy";
import type { ConfigMap, Secret } from "kubernetes-types/core/v1.js";

export type LiveSecret = WireObject<Secret>;
export type LiveConfigMap = WireObject<ConfigMap>;

/** A grant with its credentials, as it is in the cluster. */
export interface ClusterGrant {
  readonly grant: Grant;
  /** The SHA-256 of the grant's text, in hexadecimal digits. */
  readonly digest: string;
  readonly credentials: readonly GrantCredential[];
}

/** The label of an object that this proxy reads. */
export const kindOf = ({ metadata }: LiveSecret | LiveConfigMap): string | undefined => metadata.labels?.[PROXY_LABEL];

/**
 * The grant in a Secret. Throws a Fault, which quotes nothing of the Secret, for one that is not valid or has another name.
 */
export function grantOfSecret(secret: LiveSecret): ClusterGrant {
  const text = textOf(secret, GRANT_KEYS.grant);
  const listed = textOf(secret, GRANT_KEYS.credentials);
  return named(secret, {
    grant: parseGrant(text),
    digest: sha256(text),
    credentials: listed === "" ? [] : parseGrantCredentials(listed),
  });
}

/**
 * The grant in a ConfigMap, with the password in the Secret of the same name. Throws a Fault for one that is not valid,
 * has another name, or holds a secret.
 */
export function grantOfConfigMap(configMap: LiveConfigMap, password: string): ClusterGrant {
  const { [GRANT_KEYS.grant]: text = "", [GRANT_KEYS.credentials]: listed = "[]" } = configMap.data ?? {};
  const grant = parseGrant(JSON.stringify({ ...parseJsonObject(text), tokenHash: sha256(password) }));
  const credentials = parseGrantCredentials(listed);
  if (credentials.some((credential) => "secret" in credential))
    throw new Fault("SPEC_INVALID", "The credentials are in a ConfigMap, which more people can read than a Secret");
  return named(configMap, { grant, digest: sha256(text), credentials });
}

function named({ metadata: { name } }: LiveSecret | LiveConfigMap, found: ClusterGrant): ClusterGrant {
  const { principal } = found.grant;
  if (grantSecretName(principal) === name) return found;
  throw new Fault("SPEC_INVALID", `The grant of principal ${principal} is in an object with another name`);
}

/** The text under a key of a Secret; empty if there is none. */
export function textOf({ data }: LiveSecret, key: string): string {
  return Buffer.from(data?.[key] ?? "", "base64").toString();
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
