import type { Secret } from "@clauderon/base";

/** What a TLS connection to the API server needs; all PEM. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: Secret;
  /** The name expected in the server's certificate, when it is not the host of the address. */
  readonly servername?: string;
  /** True: whoever answers is trusted. */
  readonly insecure: boolean;
}

/** Who we are to the API server, for one request. */
export interface Credentials {
  /** The value of the Authorization header. */
  readonly authorization?: Secret;
  /** Impersonate-* headers. */
  readonly impersonation: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsMaterial;
}

/** How to reach one API server, and as whom. */
export interface KubeAccess {
  /** Without user and password. May have a path, which precedes that of every request. */
  readonly server: URL;
  /** The namespace of the context or of the pod; `default` when there is none. */
  readonly namespace: string;
  /** The HTTP or SOCKS5 proxy that every connection goes through. */
  readonly proxy?: URL;
  /** For one request: files are read anew, what a plugin gave is kept until it expires. */
  credentials(): Promise<Credentials>;
  /** After `refused` was answered with 401: asks the plugin again, unless somebody did since. */
  renew(refused: Credentials): Promise<Credentials>;
}

/** Whether the two would be the same to a server. */
export function sameCredentials(one: Credentials, other: Credentials): boolean {
  return one.authorization?.reveal() === other.authorization?.reveal() && sameTls(one.tls, other.tls);
}

export function sameTls(one: TlsMaterial, other: TlsMaterial): boolean {
  return one.ca === other.ca && one.cert === other.cert && one.key?.reveal() === other.key?.reveal();
}
