import { readFileSync } from "node:fs";
import { Fault, messageOf, Secret } from "@clauderon/base";
import { CredentialPlugin, type PluginCredential } from "./credentialPlugin.ts";
import { type Credentials, type KubeAccess, sameCredentials, type TlsMaterial } from "./kubeAccess.ts";
import type { ClusterEntry, UserEntry } from "./kubeConfigFile.ts";
import { isProxy } from "./tunnel.ts";

/** The access that one cluster and one user of a kubeconfig describe; throws a Fault when they are unusable. */
export function createAccess(cluster: ClusterEntry, user: UserEntry, namespace: string | undefined): KubeAccess {
  const server = parseUrl(cluster.server ?? "", "server", isServer);
  server.username = "";
  server.password = "";
  const proxy = cluster["proxy-url"] === undefined ? undefined : parseUrl(cluster["proxy-url"], "proxy-url", isProxy);
  const plugin = CredentialPlugin.of(user, cluster);

  async function credentials(): Promise<Credentials> {
    const given = (await plugin?.read()) ?? {};
    const authorization = given.authorization ?? authorizationOf(user);
    return {
      ...(authorization === undefined ? {} : { authorization }),
      impersonation: impersonationOf(user),
      tls: tlsOf(cluster, user, given),
    };
  }

  return {
    server,
    namespace: namespace ?? "default",
    ...(proxy === undefined ? {} : { proxy }),
    credentials,
    async renew(refused) {
      const current = await credentials();
      if (plugin === undefined || !sameCredentials(current, refused)) return current;
      plugin.forget();
      return credentials();
    },
  };
}

const isServer = (url: URL) => /^https?:$/.test(url.protocol);

function parseUrl(text: string, field: string, isSupported: (url: URL) => boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && isSupported(url)) return url;
  const shown = url === undefined ? "" : ` of the scheme "${url.protocol}"`;
  throw new Fault("CONFIG_INVALID", `The ${field}${shown} in the kubeconfig is not supported`, {
    hint: isSupported === isProxy ? "Write an http://, https:// or socks5:// URL" : "Write an http:// or https:// URL",
  });
}

function authorizationOf(user: UserEntry): Secret | undefined {
  if (user.tokenFile !== undefined) return new Secret(`Bearer ${readText(user.tokenFile).trim()}`);
  if (user.token !== undefined) return new Secret(`Bearer ${user.token}`);
  if (user.username === undefined) return undefined;
  const pair = Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64");
  return new Secret(`Basic ${pair}`);
}

function impersonationOf(user: UserEntry): Readonly<Record<string, string | string[]>> {
  return {
    ...(user.as === undefined ? {} : { "impersonate-user": user.as }),
    ...(user["as-uid"] === undefined ? {} : { "impersonate-uid": user["as-uid"] }),
    ...(user["as-groups"] === undefined ? {} : { "impersonate-group": [...user["as-groups"]] }),
  };
}

function tlsOf(cluster: ClusterEntry, user: UserEntry, given: PluginCredential): TlsMaterial {
  const ca = pem(cluster["certificate-authority-data"], cluster["certificate-authority"]);
  const cert = given.cert ?? pem(user["client-certificate-data"], user["client-certificate"]);
  const ownKey = given.key === undefined ? pem(user["client-key-data"], user["client-key"]) : undefined;
  const key = given.key ?? (ownKey === undefined ? undefined : new Secret(ownKey));
  const servername = cluster["tls-server-name"];
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    insecure: cluster["insecure-skip-tls-verify"] === true,
  };
}

function pem(data: string | undefined, path: string | undefined): string | undefined {
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  return path === undefined ? undefined : readText(path);
}

/** Called again for every request: the kubelet and certificate tools replace such files while we run. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Fault(
      "CREDENTIAL_MISSING",
      `Cannot read "${path}", which the cluster's credentials need: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}
