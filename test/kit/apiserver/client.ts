import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** Who asks, and whom: PEM texts. */
export interface Credentials {
  readonly url: string;
  readonly certificateAuthority: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Reads the PEM files of the authority and of one of its users, as `pki.ts` wrote them. */
export async function readCredentials(folder: string, url: string, user: string): Promise<Credentials> {
  const read = (name: string) => readFile(join(folder, name), "utf8");
  const [certificateAuthority, certificate, key] = await Promise.all([
    read("ca.crt"),
    read(`${user}.crt`),
    read(`${user}.key`),
  ]);
  return { url, certificateAuthority, certificate, key };
}

/** One request to the API server, on a connection of its own. */
export async function ask(credentials: Credentials, method: string, path: string, body?: unknown): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(
    new URL(path, credentials.url),
    {
      method,
      agent: false,
      ca: credentials.certificateAuthority,
      cert: credentials.certificate,
      key: credentials.key,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      timeout: 5000,
    },
    (response) => {
      text(response).then((content) => resolve({ status: response.statusCode ?? 0, body: content }), reject);
    },
  );
  outgoing.on("timeout", () => outgoing.destroy(new Error(`${method} ${path}: no answer in 5 s`)));
  outgoing.on("error", reject);
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  return await promise;
}

/** True once the server says it is ready and has made the namespace `default`. */
export async function isReady(credentials: Credentials): Promise<boolean> {
  const ready = await ask(credentials, "GET", "/readyz").catch(() => undefined);
  if (ready?.status !== 200) return false;
  return (await ask(credentials, "GET", "/api/v1/namespaces/default")).status === 200;
}

/** A kubeconfig that holds its credentials itself. */
export function kubeconfigOf(credentials: Credentials): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "test",
        cluster: { server: credentials.url, "certificate-authority-data": base64(credentials.certificateAuthority) },
      },
    ],
    users: [
      {
        name: "user",
        user: {
          "client-certificate-data": base64(credentials.certificate),
          "client-key-data": base64(credentials.key),
        },
      },
    ],
    contexts: [{ name: "test", context: { cluster: "test", user: "user" } }],
    "current-context": "test",
  });
}

function base64(pem: string): string {
  return Buffer.from(pem).toString("base64");
}
