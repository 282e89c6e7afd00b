import { Fault } from "@clauderon/base";
import { z } from "zod";
import { credentialFileSchema } from "./credentialFile.ts";
import { SERVICES } from "./services.ts";

/** The Service of a namespace's proxy, and the name by which its pods know it. */
export const PROXY_SERVICE = "clauderon-proxy";
export const PROXY_PORT = 3030;

/** The label of the Secrets and ConfigMaps that a namespace's proxy reads. It reads no others. */
export const PROXY_LABEL = "clauderon.dev/proxy";

/**
 * The values of {@link PROXY_LABEL}: the grant of a principal; a credential to which grants may refer, whose owner sets the
 * label, so that nobody who can write grants can use other Secrets of the namespace; and the password of a grant that is in
 * a ConfigMap of the same name, which the proxy makes.
 */
export const PROXY_SECRETS = { grant: "grant", credential: "credential", password: "password" } as const;

/** The label of pods whose network is the proxy alone, by which the NetworkPolicy of its chart selects them. */
export const BOUNDARY_LABEL = { name: "clauderon.dev/egress", value: "proxy" } as const;

/** Variables of a pod behind the proxy that our runner reads. */
export const PROXY_ENV = {
  /** The proxy's URL, without a password. The runner starts its agent when the proxy has the pod's grant. */
  url: "CLAUDERON_PROXY",
  /** The pod's password at the proxy. */
  password: "CLAUDERON_PROXY_PASSWORD",
  /** Places that the pod must not reach, as `address:port` separated by commas. The runner tries them before its agent starts. */
  probes: "CLAUDERON_BOUNDARY_PROBES",
  /** The address of the pod's node, another such place. */
  node: "CLAUDERON_NODE_ADDRESS",
  /** Seconds until a place that the pod reaches counts as a leak. */
  patience: "CLAUDERON_BOUNDARY_SECONDS",
} as const;

/** What the Secret of a grant holds, by key; one in a ConfigMap has no password, and only references to credentials. */
export const GRANT_KEYS = {
  /** The grant, as {@link parseGrant} reads it. */
  grant: "grant.json",
  /** Credentials of this principal alone, as {@link parseGrantCredentials} reads them. Can be absent. */
  credentials: "credentials.json",
  /** The principal's password at the proxy, for its pod. The proxy does not read it. */
  password: "password",
} as const;

/** The ConfigMap that the proxy writes, with the certificates for its clients, by key. */
export const PROXY_CERTIFICATES = {
  configMap: "clauderon-proxy-ca",
  /** The proxy's authority alone. */
  authority: "ca.crt",
  /** The public roots and the proxy's authority. */
  bundle: "ca-bundle.crt",
} as const;

/**
 * The name of the Secret with this principal's grant. In a cluster, a principal is a uid, in lower case. The proxy ignores
 * a grant in a Secret with another name.
 */
export function grantSecretName(principal: string): string {
  return `clauderon-grant-${principal}`;
}

const name = z.string().min(1).max(253);

/** A credential whose secret is in the grant itself, or in a labelled Secret of the namespace. */
const grantCredentialSchema = z.union([
  credentialFileSchema.extend({ name }),
  z.strictObject({
    name,
    // `generic` has no hosts of its own: the writer of a grant could send the Secret anywhere.
    service: z
      .enum(Object.keys(SERVICES) as [keyof typeof SERVICES])
      .refine((service) => service !== "generic", "must be a service with hosts of its own"),
    secretRef: z.strictObject({ name, key: name }),
  }),
]);
export type GrantCredential = z.infer<typeof grantCredentialSchema>;

/** The credentials in this text; SPEC_INVALID for anything else. The text itself is in no message. */
export function parseGrantCredentials(text: string): readonly GrantCredential[] {
  const parsed = z.array(grantCredentialSchema).max(100).safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new Fault("SPEC_INVALID", `The credentials of the grant are not valid: ${z.prettifyError(parsed.error)}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new Fault("SPEC_INVALID", "The credentials of the grant are not valid: they are not JSON");
  }
}

/** A host that no grant lists and no resolver knows (RFC 2606). A runner asks the proxy for it, to see that it refuses. */
export const CHECKED_HOST = "boundary-check.invalid";
