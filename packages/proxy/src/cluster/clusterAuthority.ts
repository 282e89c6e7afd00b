import type { ConfigMap, Secret } from "kubernetes-types/core/v1.js";
import type { WireObject } from "@clauderon/base";
import { CONFIG_MAPS, isAlreadyExists, type KubeClient, SECRETS } from "@clauderon/kube";
import { PROXY_CERTIFICATES } from "@clauderon/protocol/proxy";
import { type Authority, newAuthority, readAuthority } from "../certificates/authority.ts";
import { textOf } from "./secrets.ts";

const MANAGER = "clauderon-proxy";
/** The Secret with the authority's key, in the form of Kubernetes for certificates, so that another tool can make it. */
const NAME = "clauderon-proxy-ca";

type Client = Pick<KubeClient, "get" | "create" | "apply">;

/**
 * The authority of the namespace's proxies, made once. Proxies that start at the same time agree. Throws a Fault for a
 * Secret that is damaged or expired: a silent new authority would break every client.
 */
export async function loadClusterAuthority(client: Client, namespace: string, now: number): Promise<Authority> {
  const ref = { namespace, name: NAME };
  const secret =
    (await client.get(SECRETS, ref)) ?? (await create(client, namespace, now)) ?? (await client.get(SECRETS, ref));
  const pem = secret === undefined ? "" : `${textOf(secret, "tls.crt")}\n${textOf(secret, "tls.key")}`;
  return await readAuthority(`the Secret ${namespace}/${NAME}`, pem, now);
}

/** The Secret with a new authority; undefined if another proxy has made one meanwhile. */
async function create(client: Client, namespace: string, now: number): Promise<WireObject<Secret> | undefined> {
  const { certificate, key } = await newAuthority(now);
  const secret: WireObject<Secret> = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name: NAME, labels: { "app.kubernetes.io/managed-by": MANAGER } },
    type: "kubernetes.io/tls",
    data: { "tls.crt": base64(certificate), "tls.key": base64(key) },
  };
  try {
    return await client.create(SECRETS, secret, { fieldManager: MANAGER });
  } catch (thrown) {
    if (isAlreadyExists(thrown)) return undefined;
    throw thrown;
  }
}

/** Writes the certificates for the proxy's clients, unless they are there. */
export async function publishCertificates(
  client: Client,
  namespace: string,
  { authority, bundle }: { readonly authority: string; readonly bundle: string },
): Promise<void> {
  const name = PROXY_CERTIFICATES.configMap;
  const data = { [PROXY_CERTIFICATES.authority]: authority, [PROXY_CERTIFICATES.bundle]: bundle };
  const live = await client.get(CONFIG_MAPS, { namespace, name });
  if (Object.entries(data).every(([key, text]) => live?.data?.[key] === text)) return;
  const configMap: WireObject<ConfigMap> = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace, name, labels: { "app.kubernetes.io/managed-by": MANAGER } },
    data,
  };
  await client.apply(CONFIG_MAPS, configMap, { fieldManager: MANAGER, force: true });
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
