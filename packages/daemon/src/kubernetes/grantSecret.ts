import { createHash } from "node:crypto";
import { parseJsonObject, Secret as Hidden } from "@clauderon/base";
import { sessionLabels } from "@clauderon/pods";
import {
  type Grant,
  GRANT_KEYS,
  type GrantCredential,
  grantSchema,
  grantSecretName,
  parseGrantCredentials,
  PROXY_LABEL,
  PROXY_SECRETS,
} from "@clauderon/protocol/proxy";
import { storedCredential } from "../egress/model/storedCredential.ts";
import type { SessionRecord } from "../model/sessionRecord.ts";
import { type LiveClaim, type LiveSecret, ownerOf } from "./model/objects.ts";

/** What the Secret of a session's grant holds. */
export interface GrantContent {
  readonly grant: Grant;
  /** The session's password at the proxy. */
  readonly password: string;
  readonly credentials: ReadonlyMap<string, Hidden>;
  /** False while the session has no pod: the proxy then ignores the grant. */
  readonly isInEffect: boolean;
}

export const hashOf = (password: string): string => createHash("sha256").update(password).digest("hex");

/** The Secret from which the proxy reads a session's grant, and its pod the password. */
export function grantSecretOf(session: SessionRecord, claim: LiveClaim, content: GrantContent): LiveSecret {
  const { grant, password, credentials, isInEffect } = content;
  const list: GrantCredential[] = Array.from(credentials, ([name, secret]) => ({
    name,
    ...storedCredential(name, secret),
  }));
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: grantSecretName(session.uid),
      namespace: claim.metadata.namespace ?? "",
      labels: { ...sessionLabels(session), ...(isInEffect && { [PROXY_LABEL]: PROXY_SECRETS.grant }) },
      ownerReferences: [ownerOf(claim)],
    },
    type: "Opaque",
    data: {
      [GRANT_KEYS.grant]: base64(JSON.stringify(grant)),
      [GRANT_KEYS.credentials]: base64(JSON.stringify(list)),
      [GRANT_KEYS.password]: base64(password),
    },
  };
}

/** Whether the proxy follows the grant in this Secret. */
export const isInEffect = (secret: LiveSecret | undefined): boolean =>
  secret?.metadata.labels?.[PROXY_LABEL] === PROXY_SECRETS.grant;

/** The grant in a session's Secret; undefined if it holds none that is valid. */
export function grantIn(secret: LiveSecret | undefined): Grant | undefined {
  return grantSchema.safeParse(parseJsonObject(textIn(secret, GRANT_KEYS.grant))).data;
}

/** The credentials in a session's Secret; none if they cannot be read. */
export function credentialsIn(secret: LiveSecret | undefined): ReadonlyMap<string, Hidden> {
  const text = textIn(secret, GRANT_KEYS.credentials);
  if (text === "") return new Map();
  const own = parseGrantCredentials(text).flatMap((each) => ("secret" in each ? [each] : []));
  return new Map(own.map((each) => [each.name, new Hidden(each.secret)]));
}

/** The password in a session's Secret; undefined if it does not belong to its grant. */
export function passwordIn(secret: LiveSecret | undefined): string | undefined {
  const password = textIn(secret, GRANT_KEYS.password);
  return hashOf(password) === grantIn(secret)?.tokenHash ? password : undefined;
}

const textIn = (secret: LiveSecret | undefined, key: string) =>
  Buffer.from(secret?.data?.[key] ?? "", "base64").toString();

const base64 = (text: string) => Buffer.from(text).toString("base64");
