import { execFile, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type KubeClient, SECRETS } from "@clauderon/kube";
import { placeholderOf } from "@clauderon/protocol/proxy";
import { manifests, renderChart } from "../../docs/chart.ts";
import type { ApiServer } from "../../kit/apiserver/index.ts";
import { createAuthority, writeAuthority } from "../../kit/internet/certificates.ts";
import { type ProxyProcess, startProxyProcess } from "../../kit/proxy/proxyProcess.ts";
import { startUpstream, type Upstream } from "../../kit/proxy/upstream.ts";
import { kubeconfigText } from "../../kit/sessions/backendStage.ts";

export const NAMESPACE = "agents";
export const HOST = "api.anthropic.com";
export const KEY = "sk-ant-api03-the-real-key-0123456789";
/** A credential in the grant itself, and one in another Secret. */
export const OWN = { name: "ANTHROPIC_API_KEY", service: "anthropic", secret: KEY };
export const REFERENCE = { name: "ANTHROPIC_API_KEY", service: "anthropic", secretRef: { name: "team", key: "token" } };
/** What `ask` gives when the server got the real key. */
export const PASSED = `${KEY.length} 200 200`;

/** The path of a response that never ends. */
const ENDLESS = "/v1/endless";

/** The path of a call of a model, and its answer. */
export const CALL = "/v1/messages";
const ANSWER = JSON.stringify({ model: "claude-haiku-4-5", usage: { input_tokens: 7, output_tokens: 1_000 } });

const run = promisify(execFile);

export const base64 = (text: string) => Buffer.from(text).toString("base64");

export interface Replica {
  readonly proxy: ProxyProcess;
  readonly state: string;
}

/** A principal with its password. */
export interface User {
  readonly principal: string;
  readonly password: string;
}

/** How a grant differs from one that is valid. */
export interface Wish {
  readonly principal?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly grant?: Readonly<Record<string, unknown>>;
  readonly credentials?: unknown;
}

/** Two proxies of a namespace with the rights that the chart gives, and the server behind the name of the model's API. */
export class ClusterWorld {
  readonly #api: ApiServer;
  readonly #client: KubeClient;
  readonly #folders: string[] = [];
  readonly upstream: Upstream;
  readonly #args: readonly string[];
  replicas: readonly [Replica, Replica] | readonly [] = [];

  private constructor(api: ApiServer, client: KubeClient, upstream: Upstream, args: readonly string[]) {
    this.#api = api;
    this.#client = client;
    this.upstream = upstream;
    this.#args = args;
  }

  static async start(api: ApiServer, client: KubeClient): Promise<ClusterWorld> {
    await api.kubectl(["create", "namespace", NAMESPACE]);
    const objects = manifests(await renderChart("helm", [`--namespace=${NAMESPACE}`], "clauderon"));
    const rights = objects.filter(({ kind }) => ["ServiceAccount", "Role", "RoleBinding"].includes(kind));
    await api.kubectl(["apply", "--filename=-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: rights }));
    const authority = await createAuthority();
    const upstream = await startUpstream({
      authority,
      name: HOST,
      onRequest: (request, response) => {
        if (request.url === ENDLESS) response.write("begun");
        else if (request.url === CALL) response.setHeader("content-type", "application/json").end(ANSWER);
        else response.end(String(request.headers["x-api-key"]?.length ?? "none"));
      },
    });
    const folder = mkdtempSync(join(tmpdir(), "upstream-ca-"));
    const world = new ClusterWorld(api, client, upstream, [
      `--kubernetes-namespace=${NAMESPACE}`,
      "--audit-stdout",
      `--upstream-ca=${await writeAuthority(authority, folder)}`,
      "--allow-private=127.0.0.1/32",
      `--connect-to=${HOST}:443:127.0.0.1:${upstream.port}`,
    ]);
    world.#folders.push(folder);
    world.replicas = await Promise.all([world.startReplica(), world.startReplica()]);
    return world;
  }

  get replica(): Replica {
    const [first] = this.replicas;
    if (first === undefined) throw new Error("No proxy was started");
    return first;
  }

  /** Another proxy of the namespace. */
  async startReplica(...more: readonly string[]): Promise<Replica> {
    const state = mkdtempSync(join(tmpdir(), "replica-"));
    this.#folders.push(state);
    const kubeconfig = join(state, "kubeconfig");
    writeFileSync(kubeconfig, await kubeconfigText(this.#api, NAMESPACE, "clauderon-proxy"));
    const environment = { KUBECONFIG: kubeconfig };
    return { proxy: await startProxyProcess(state, [...this.#args, ...more], undefined, environment), state };
  }

  async stop(): Promise<void> {
    for (const { proxy } of this.replicas) proxy.signal("SIGKILL");
    await Promise.all(this.replicas.map(({ proxy }) => proxy.ended));
    await this.upstream.stop();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  /** Writes a grant's Secret, and returns what its pod has. */
  async grant(wish: Wish = {}): Promise<User & { readonly name: string }> {
    const { principal = randomUUID(), labels = { "clauderon.dev/proxy": "grant" }, credentials = [OWN] } = wish;
    const password = randomUUID();
    const grant = {
      principal,
      kind: "Session",
      name: "web",
      tokenHash: createHash("sha256").update(password).digest("hex"),
      accessMode: "ReadWrite",
      egressMode: "Enforce",
      allow: [{ host: HOST }],
      credentials: ["ANTHROPIC_API_KEY"],
      ...wish.grant,
    };
    const name = wish.name ?? `clauderon-grant-${principal}`;
    const files = { "grant.json": JSON.stringify(grant), "credentials.json": JSON.stringify(credentials), password };
    const data = Object.fromEntries(Object.entries(files).map(([key, text]) => [key, base64(text)]));
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { namespace: NAMESPACE, name, labels }, data };
    await this.#client.apply(SECRETS, secret, { fieldManager: "test", force: true });
    return { principal, password, name };
  }

  /** A Secret that grants may refer to. */
  async share(name: string, token: string): Promise<void> {
    const metadata = { namespace: NAMESPACE, name, labels: { "clauderon.dev/proxy": "credential" } };
    await this.#client.create(SECRETS, { apiVersion: "v1", kind: "Secret", metadata, data: { token: base64(token) } });
  }

  /** What the server said to a request to the model's API through a replica, its status and that of CONNECT. */
  async ask(
    { proxy, state }: Replica,
    { principal, password }: User,
    host = HOST,
    path = "/v1/models",
  ): Promise<string> {
    const placeholder = placeholderOf({ name: "ANTHROPIC_API_KEY", service: "anthropic" }, principal);
    const { stdout } = await run("curl", [
      "--silent",
      "--max-time",
      "20",
      "--write-out",
      " %{http_code} %{http_connect}",
      "--cacert",
      join(state, "ca.crt"),
      "--proxy",
      `http://${principal}:${password}@127.0.0.1:${proxy.port}`,
      "--header",
      `x-api-key: ${placeholder}`,
      `https://${host}${path}`,
    ]).catch((thrown: unknown) => thrown as { stdout: string });
    return stdout;
  }

  /** A request whose response has begun and never ends; how curl ends when it is cut. */
  async hold({ proxy, state }: Replica, { principal, password }: User): Promise<{ readonly ended: Promise<unknown> }> {
    const proxyUrl = `http://${principal}:${password}@127.0.0.1:${proxy.port}`;
    const curl = spawn("curl", [
      "--silent",
      "--no-buffer",
      "--cacert",
      join(state, "ca.crt"),
      "--proxy",
      proxyUrl,
      `https://${HOST}${ENDLESS}`,
    ]);
    const ended = once(curl, "exit").then(([code]) => code as unknown);
    await once(curl.stdout, "data");
    return { ended };
  }

  /** The status of `/grant` at a replica. */
  async confirms({ proxy }: Replica, { principal, password }: User): Promise<number> {
    const headers = { "proxy-authorization": `Basic ${base64(`${principal}:${password}`)}` };
    return (await fetch(`http://127.0.0.1:${proxy.port}/grant`, { headers })).status;
  }
}
