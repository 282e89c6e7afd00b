import { randomBytes } from "node:crypto";
import type { WireObject } from "@clauderon/base";
import { isAlreadyExists, type KubeClient, SECRETS } from "@clauderon/kube";
import { GRANT_KEYS, PROXY_LABEL, PROXY_SECRETS } from "@clauderon/protocol/proxy";
import type { Secret } from "kubernetes-types/core/v1.js";
import type { LiveConfigMap } from "./secrets.ts";

/**
 * Makes the Secret with the password of a grant in a ConfigMap. The writer of the ConfigMap then needs no right on Secrets.
 * The Secret goes with the ConfigMap. Does nothing if one exists: another proxy was first.
 */
export async function createPassword(client: Pick<KubeClient, "create">, { metadata }: LiveConfigMap): Promise<void> {
  const { namespace = "", name, uid = "" } = metadata;
  const secret: WireObject<Secret> = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      namespace,
      name,
      labels: { [PROXY_LABEL]: PROXY_SECRETS.password },
      ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name, uid }],
    },
    type: "Opaque",
    data: { [GRANT_KEYS.password]: Buffer.from(randomBytes(32).toString("base64url")).toString("base64") },
  };
  try {
    await client.create(SECRETS, secret, { fieldManager: "clauderon-proxy" });
  } catch (thrown) {
    if (!isAlreadyExists(thrown)) throw thrown;
  }
}
