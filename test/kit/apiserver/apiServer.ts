import { randomInt } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { API_SERVER_PACKAGES, ensureDebianPackages } from "../cluster/build/debian.ts";
import { apiServerCommand } from "../cluster/build/goBinaries.ts";
import { readKitConfig } from "../cluster/config.ts";
import { run, waitUntil } from "../cluster/run.ts";
import { toolPath } from "../cluster/tools.ts";
import { type Credentials, kubeconfigOf, ask, isReady, readCredentials } from "./client.ts";
import { Children } from "./children.ts";
import { compactEtcd, isEtcdReady } from "./etcd.ts";
import { createAuthority, createTokenKey, issueCertificate } from "./pki.ts";

/** A kube-apiserver with its own etcd, for one test file. No controllers: no garbage collection, no pods, no default service accounts. */
export interface ApiServer {
  readonly url: string;
  /** Path of a kubeconfig of the administrator. */
  readonly kubeconfig: string;
  /** PEM texts. */
  readonly certificateAuthority: string;
  readonly adminCertificate: string;
  readonly adminKey: string;
  /** Ends the API server at once (SIGKILL); etcd lives on. */
  kill(): Promise<void>;
  /** Ends the API server in its own good time (SIGTERM); etcd lives on. */
  stop(): Promise<void>;
  /** Ready again on the same address with the same data; ends a running server first, as `stop` does. */
  restart(): Promise<void>;
  /**
   * Compacts etcd to the newest revision. A watch from a resourceVersion older than the newest object's then gives 410
   * once the server was restarted, or at once when it runs with `--watch-cache=false`: the watch cache has a memory of
   * its own.
   */
  compact(): Promise<void>;
  /** Restarts with a new signing key: every service account token issued before is refused with 401. */
  revokeTokens(): Promise<void>;
  /** A token of an existing service account by TokenRequest; the server takes no less than 600 s. */
  serviceAccountToken(
    namespace: string,
    name: string,
    options?: { readonly expirationSeconds?: number },
  ): Promise<string>;
  /** Runs kubectl as the administrator and gives its stdout; throws with its stderr. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ApiServerOptions {
  /** Further flags of kube-apiserver. */
  readonly flags?: readonly string[];
}

/**
 * Starts an API server and etcd on a loopback address of their own and waits until they serve.
 * Several may run at once. Processes and files go with `await using`, and also when the test process dies in any way.
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  await ensureDebianPackages(API_SERVER_PACKAGES);
  const command = await apiServerCommand(readKitConfig().apiServerVersion);
  const folder = await mkdtemp(join(tmpdir(), "clauderon-apiserver-"));
  const children = new Children(folder);
  try {
    return await startIn(folder, children, command, options.flags ?? []);
  } catch (error) {
    const log = await readFile(join(folder, "apiserver.log"), "utf8").catch(() => "");
    await children.close();
    throw new Error(`Cannot start the API server: ${log.slice(-2000)}`, { cause: error });
  }
}

async function startIn(
  folder: string,
  children: Children,
  [program, ...first]: readonly [string, ...string[]],
  flags: readonly string[],
): Promise<ApiServer> {
  const address = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
  const [port, etcdPort, peerPort] = await freePorts(address);
  const [url, etcd] = [`https://${address}:${port}`, `http://${address}:${etcdPort}`];
  children.start("etcd", "etcd", etcdArguments(folder, etcd, `http://${address}:${peerPort}`));
  await Promise.all([createTokenKey(folder), createPki(folder, address)]);
  const credentials = await readCredentials(folder, url, "admin");
  const kubeconfig = join(folder, "kubeconfig");
  await waitUntil("etcd ready", 20_000, () => isEtcdReady(etcd)); // A first refusal would cost the API server a second.
  await writeFile(kubeconfig, kubeconfigOf(credentials), { mode: 0o600 });
  const start = async () => {
    const own = apiServerArguments(folder, { address, port, etcd });
    children.start("apiserver", program, [...first, ...own, ...flags]);
    await waitUntil("API server ready", 60_000, async () => {
      if (!children.isRunning("apiserver")) return "ended";
      return (await isReady(credentials)) ? "ready" : undefined;
    }).then((state) => (state === "ended" ? Promise.reject(new Error("kube-apiserver ended")) : undefined));
  };
  const restart = async () => {
    await children.end("apiserver", "SIGTERM");
    await start();
  };
  await start();
  return {
    url,
    kubeconfig,
    certificateAuthority: credentials.certificateAuthority,
    adminCertificate: credentials.certificate,
    adminKey: credentials.key,
    restart,
    kill: () => children.end("apiserver", "SIGKILL"),
    stop: () => children.end("apiserver", "SIGTERM"),
    compact: () => compactEtcd(etcd),
    revokeTokens: async () => {
      await createTokenKey(folder);
      await restart();
    },
    serviceAccountToken: (namespace, name, { expirationSeconds = 3600 } = {}) =>
      requestToken(credentials, { namespace, name, expirationSeconds }),
    kubectl: async (args, stdin) => {
      const own = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(folder, "kubectl")}`];
      return await run(await toolPath("kubectl"), [...own, ...args], stdin === undefined ? {} : { input: stdin });
    },
    [Symbol.asyncDispose]: () => children.close(),
  };
}

async function createPki(folder: string, address: string): Promise<void> {
  await createAuthority(folder);
  const alternativeNames = ["DNS:kubernetes.default.svc", "DNS:localhost", `IP:${address}`];
  await Promise.all([
    issueCertificate(folder, { name: "apiserver", subject: "/CN=kube-apiserver", alternativeNames }),
    issueCertificate(folder, { name: "admin", subject: "/O=system:masters/CN=admin" }),
  ]);
}

function etcdArguments(folder: string, client: string, peer: string): readonly string[] {
  return [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync",
  ];
}

function apiServerArguments(folder: string, at: { address: string; port: number; etcd: string }): readonly string[] {
  const file = (name: string) => join(folder, name);
  return [
    `--etcd-servers=${at.etcd}`,
    `--bind-address=${at.address}`,
    `--advertise-address=${at.address}`,
    `--secure-port=${at.port}`,
    `--cert-dir=${folder}`,
    `--tls-cert-file=${file("apiserver.crt")}`,
    `--tls-private-key-file=${file("apiserver.key")}`,
    `--client-ca-file=${file("ca.crt")}`,
    `--service-account-key-file=${file("sa.pub")}`,
    `--service-account-signing-key-file=${file("sa.key")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--authorization-mode=RBAC",
    "--allow-privileged=true",
    "--endpoint-reconciler-type=none",
    "--disable-admission-plugins=ServiceAccount", // It would refuse pods, because nothing creates default service accounts here.
  ];
}

async function requestToken(
  credentials: Credentials,
  wanted: { namespace: string; name: string; expirationSeconds: number },
): Promise<string> {
  const path = `/api/v1/namespaces/${wanted.namespace}/serviceaccounts/${wanted.name}/token`;
  const spec = { expirationSeconds: wanted.expirationSeconds };
  const answer = await ask(credentials, "POST", path, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec,
  });
  const content = JSON.parse(answer.body) as { message?: string; status: { token: string } };
  if (answer.status !== 201) throw new Error(`No token for ${wanted.namespace}/${wanted.name}: ${content.message}`);
  return content.status.token;
}

/** Three ports without a listener at that address. No other program uses the address, so they stay free. */
async function freePorts(address: string): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()];
  await Promise.all(servers.map((server) => once(server.listen(0, address), "listening")));
  const ports = servers.map((server) => {
    const bound = server.address();
    return typeof bound === "object" && bound !== null ? bound.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  const [first = 0, second = 0, third = 0] = ports;
  return [first, second, third];
}
