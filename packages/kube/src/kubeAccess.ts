import type { Secret } from "@clauderon/base";

/** The TLS settings of a connection to the API server; all PEM. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: Secret;
  /** The name expected in the server's certificate, when it differs from the host of the address. */
  readonly servername?: string;
  /** True skips the verification of the server's certificate. */
  readonly insecure: boolean;
}

/** Our identity for the API server, in one request. */
export interface Credentials {
  /** The value of the Authorization header. */
  readonly authorization?: Secret;
  /** Impersonate-* headers. */
  readonly impersonation: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsMaterial;
}

/** How to reach one API server, and with which identity. */
export interface KubeAccess {
  /** Has no user and password. May have a path, which precedes that of every request. */
  readonly server: URL;
  /** The namespace of the context or of the pod; `default` when there is none. */
  readonly namespace: string;
  /** The name of the context, when it comes from a kubeconfig. */
  readonly context?: string;
  /** The HTTP or SOCKS5 proxy that every connection goes through. */
  readonly proxy?: URL;
  /** The credentials for one request: files are read again, a plugin's result is cached until it expires. */
  credentials(): Promise<Credentials>;
  /** Call it after `refused` was answered with 401: asks the plugin again, unless another caller has done so since. */
  renew(refused: Credentials): Promise<Credentials>;
}

/** Whether a server would see the same identity in both. */
export function sameCredentials(one: Credentials, other: Credentials): boolean {
  return one.authorization?.reveal() === other.authorization?.reveal() && sameTls(one.tls, other.tls);
}

export function sameTls(one: TlsMaterial, other: TlsMaterial): boolean {
  return one.ca === other.ca && one.cert === other.cert && one.key?.reveal() === other.key?.reveal();
}
