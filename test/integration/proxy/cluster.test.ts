import { execFile } from "node:child_process";
import { createHash, randomUUID, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CONFIG_MAPS, SECRETS } from "@clauderon/kube";
import { AuditVerifier, placeholderOf } from "@clauderon/protocol/proxy";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { manifests, renderChart } from "../../docs/chart.ts";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { createAuthority, writeAuthority } from "../../kit/internet/certificates.ts";
import { type ProxyProcess, startProxyProcess } from "../../kit/proxy/proxyProcess.ts";
import { startUpstream, type Upstream } from "../../kit/proxy/upstream.ts";
import { kubeconfigText } from "../../kit/sessions/backendStage.ts";

const POLL = { timeout: 20_000, interval: 20 };
const HOST = "api.anthropic.com";
const KEY = "sk-ant-api03-the-real-key-0123456789";
const OWN = { name: "ANTHROPIC_API_KEY", service: "anthropic", secret: KEY };
const REFERENCE = { name: "ANTHROPIC_API_KEY", service: "anthropic", secretRef: { name: "team", key: "token" } };
const JOBS = { name: "jobs", key: "token" };
const namespace = "agents";
const { api, client } = await useApiServer();
const run = promisify(execFile);

interface Replica {
  readonly proxy: ProxyProcess;
  readonly state: string;
}

let upstream: Upstream;
let args: readonly string[];
let replicas: readonly Replica[];
const folders: string[] = [];

/** Another proxy of the namespace. */
async function startReplica(...more: readonly string[]): Promise<Replica> {
  const state = mkdtempSync(join(tmpdir(), "replica-"));
  folders.push(state);
  const kubeconfig = join(state, "kubeconfig");
  writeFileSync(kubeconfig, await kubeconfigText(api, namespace, "clauderon-proxy"));
  const environment = { KUBECONFIG: kubeconfig };
  const proxy = await startProxyProcess(state, [...args, ...more], undefined, environment);
  return { proxy, state };
}

beforeAll(async () => {
  await api.kubectl(["create", "namespace", namespace]);
  // With the rights that the chart gives.
  const objects = manifests(await renderChart("helm", [`--namespace=${namespace}`], "clauderon"));
  const rights = objects.filter(({ kind }) => ["ServiceAccount", "Role", "RoleBinding"].includes(kind));
  await api.kubectl(["apply", "--filename=-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: rights }));
  const authority = await createAuthority();
  upstream = await startUpstream({
    authority,
    name: HOST,
    onRequest: (request, response) => void response.end(String(request.headers["x-api-key"]?.length ?? "none")),
  });
  const folder = mkdtempSync(join(tmpdir(), "upstream-ca-"));
  folders.push(folder);
  args = [
    `--kubernetes-namespace=${namespace}`,
    "--audit-stdout",
    `--upstream-ca=${await writeAuthority(authority, folder)}`,
    "--allow-private=127.0.0.1/32",
    `--connect-to=${HOST}:443:127.0.0.1:${upstream.port}`,
  ];
  replicas = await Promise.all([startReplica(), startReplica()]);
});

afterAll(async () => {
  for (const { proxy } of replicas ?? []) proxy.signal("SIGKILL");
  await Promise.all((replicas ?? []).map(({ proxy }) => proxy.ended));
  await upstream?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const base64 = (text: string) => Buffer.from(text).toString("base64");

interface Wish {
  readonly principal?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly grant?: Readonly<Record<string, unknown>>;
  readonly credentials?: unknown;
}

/** Writes a grant's Secret, and returns what its pod has. */
async function writeGrant(wish: Wish = {}) {
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
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { namespace, name, labels }, data };
  await client.apply(SECRETS, secret, { fieldManager: "test", force: true });
  return { principal, password, name };
}

/** A Secret that grants may refer to. */
async function share(name: string, token: string): Promise<void> {
  const metadata = { namespace, name, labels: { "clauderon.dev/proxy": "credential" } };
  await client.create(SECRETS, { apiVersion: "v1", kind: "Secret", metadata, data: { token: base64(token) } });
}

interface User {
  readonly principal: string;
  readonly password: string;
}

/** The status of a request to the model's API through a replica, and what the server said. */
async function ask({ proxy, state }: Replica, { principal, password }: User, host = HOST): Promise<string> {
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
    `https://${host}/v1/models`,
  ]).catch((thrown: unknown) => thrown as { stdout: string });
  return stdout;
}

/** The status of `/grant` at a replica. */
async function confirms({ proxy }: Replica, { principal, password }: User): Promise<number> {
  const headers = { "proxy-authorization": `Basic ${base64(`${principal}:${password}`)}` };
  return (await fetch(`http://127.0.0.1:${proxy.port}/grant`, { headers })).status;
}

const PASSED = `${KEY.length} 200 200`;

describe("proxies of a namespace", () => {
  it("agree on one authority that they made, and publish it with the roots", async () => {
    const [one = "", two] = replicas.map(({ state }) => readFileSync(join(state, "ca.crt"), "utf8"));
    expect(two).toBe(one);
    const secret = await client.get(SECRETS, { namespace, name: "clauderon-proxy-ca" });
    expect(secret?.type).toBe("kubernetes.io/tls");
    const { data = {} } = (await client.get(CONFIG_MAPS, { namespace, name: "clauderon-proxy-ca" })) ?? {};
    expect(data["ca.crt"]).toBe(one);
    expect(data["ca-bundle.crt"]).toContain(one.trim());
    expect(data["ca-bundle.crt"]?.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50);
    expect(new X509Certificate(one).ca).toBe(true);
    expect(JSON.stringify(data)).not.toContain("PRIVATE KEY");
  });

  it("know a grant as soon as it exists, each of them, and use its credential for it", async () => {
    const user = await writeGrant();
    for (const replica of replicas) expect(await confirms(replica, user)).toBe(200);
    for (const replica of replicas) expect(await ask(replica, user)).toBe(PASSED);
    expect(await ask(replicas[0] as Replica, user, "attacker.example.com")).toContain("000 403");
    const received = upstream.received.at(-1)?.headers;
    expect(received).toMatchObject({ "x-api-key": KEY });
  });

  it("refuse a wrong password, another principal's, and one without a grant", async () => {
    const [replica] = replicas as readonly [Replica];
    const [mine, theirs] = [await writeGrant(), await writeGrant()];
    for (const user of [
      { ...mine, password: theirs.password },
      { principal: randomUUID(), password: "x" },
    ]) {
      expect(await confirms(replica, user)).toBe(401);
      expect(await ask(replica, user)).toContain("000 407");
    }
  });

  it.each([
    ["has no label", { labels: {} }],
    ["has another name than its principal", { name: "clauderon-grant-of-somebody-else" }],
    ["is not valid", { grant: { accessMode: "Everything" } }],
    [
      "holds credentials for hosts of its writer's choice",
      { credentials: [{ ...REFERENCE, hosts: ["evil.example"] }] },
    ],
    ["refers to a service without hosts of its own", { credentials: [{ ...REFERENCE, service: "generic" }] }],
  ] as const)("ignore a grant whose Secret %s", async (_what, wish) => {
    const [replica] = replicas as readonly [Replica];
    const known = await writeGrant();
    const user = await writeGrant(wish);
    await expect.poll(() => confirms(replica, known), POLL).toBe(200);
    expect(await confirms(replica, user)).toBe(401);
    expect(replica.proxy.output()).not.toContain(KEY);
  });

  it("use a credential of another Secret while its owner's label is on it, and its next value", async () => {
    const [replica] = replicas as readonly [Replica];
    const user = await writeGrant({ credentials: [REFERENCE] });
    const set = (labels: Readonly<Record<string, string | null>>, token: string) =>
      client.patch(
        SECRETS,
        { namespace, name: "team" },
        { metadata: { labels }, data: { token: base64(token) } },
        { fieldManager: "owner" },
      );
    const data = { token: base64(KEY) };
    await client.create(SECRETS, { apiVersion: "v1", kind: "Secret", metadata: { namespace, name: "team" }, data });
    expect(await confirms(replica, user)).toBe(200);
    const refusal = await ask(replica, user);
    expect(refusal).toContain("does not have the label clauderon.dev/proxy=credential");
    expect(refusal).toContain("502 200");
    await set({ "clauderon.dev/proxy": "credential" }, KEY);
    await expect.poll(() => ask(replica, user), POLL).toBe(PASSED);
    await set({}, `${KEY}-longer`);
    await expect.poll(() => ask(replica, user), POLL).toBe(`${KEY.length + 7} 200 200`);
    await set({ "clauderon.dev/proxy": null }, KEY);
    await expect.poll(() => ask(replica, user), POLL).toContain("502 200");
  });

  it("make the password of a grant in a ConfigMap, and follow its changes", async () => {
    const [replica, other] = replicas as readonly [Replica, Replica];
    await share("jobs", KEY);
    const principal = randomUUID();
    const name = `clauderon-grant-${principal}`;
    const write = (allow: readonly object[], credentials: readonly object[] = [{ ...REFERENCE, secretRef: JOBS }]) => {
      const grant = { principal, kind: "Run", name: "a/b", accessMode: "ReadWrite", egressMode: "Enforce", allow };
      const data = {
        "grant.json": JSON.stringify({ ...grant, credentials: ["ANTHROPIC_API_KEY"] }),
        "credentials.json": JSON.stringify(credentials),
      };
      const metadata = { namespace, name, labels: { "clauderon.dev/proxy": "grant" } };
      const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data };
      return client.apply(CONFIG_MAPS, configMap, { fieldManager: "test", force: true });
    };
    const { metadata } = await write([{ host: HOST }]);
    const secretOf = () => client.get(SECRETS, { namespace, name });
    await expect
      .poll(async () => (await secretOf())?.metadata.labels, POLL)
      .toEqual({ "clauderon.dev/proxy": "password" });
    const secret = await secretOf();
    expect(secret?.metadata.ownerReferences).toEqual([
      { apiVersion: "v1", kind: "ConfigMap", name, uid: metadata.uid },
    ]);
    const user = { principal, password: Buffer.from(secret?.data?.["password"] ?? "", "base64").toString() };
    expect(user.password.length).toBeGreaterThan(40);
    for (const each of [replica, other]) expect(await ask(each, user)).toBe(PASSED);
    await write([]);
    await expect.poll(() => ask(replica, user), POLL).toContain("000 403");
    await write([{ host: HOST }], [OWN]);
    await expect.poll(() => confirms(replica, user), POLL).toBe(401);
    await write([{ host: HOST }]);
    await expect.poll(() => ask(replica, user), POLL).toBe(PASSED);
    await client.delete(CONFIG_MAPS, { namespace, name });
    await expect.poll(() => confirms(replica, user), POLL).toBe(401);
  });

  it("take a grant back at once when its Secret is deleted or its password changes, and cut what is open", async () => {
    const [replica] = replicas as readonly [Replica];
    const user = await writeGrant();
    expect(await ask(replica, user)).toBe(PASSED);
    const next = await writeGrant({ principal: user.principal });
    await expect.poll(() => confirms(replica, user), POLL).toBe(401);
    expect(await ask(replica, next)).toBe(PASSED);
    await client.delete(SECRETS, { namespace, name: user.name });
    await expect.poll(() => confirms(replica, next), POLL).toBe(401);
    expect(await ask(replica, next)).toContain("000 407");
  });

  it("print their decisions, chained, without a secret", async () => {
    const [replica] = replicas as readonly [Replica];
    const user = await writeGrant();
    await ask(replica, user);
    const ownLines = () =>
      replica.proxy
        .output()
        .split("\n")
        .filter((line) => line.includes('"durationMs"'));
    await expect.poll(() => ownLines().some((line) => line.includes(user.principal)), POLL).toBe(true);
    const verifier = new AuditVerifier();
    for (const line of ownLines()) verifier.add(line);
    expect(verifier.broken).toBeUndefined();
    expect(ownLines().join("\n")).not.toContain(KEY);
  });

  it("say what is wrong with the authority's Secret instead of making another", async () => {
    const ref = { namespace, name: "clauderon-proxy-ca" };
    const secret = await client.get(SECRETS, ref);
    await client.patch(SECRETS, ref, { data: { "tls.key": base64("damaged") } });
    onTestFinished(async () => void (await client.patch(SECRETS, ref, { data: secret?.data })));
    await expect(startReplica()).rejects.toThrow(
      `The proxy's authority in the Secret ${namespace}/clauderon-proxy-ca is damaged`,
    );
    expect((await client.get(SECRETS, ref))?.data?.["tls.crt"]).toBe(secret?.data?.["tls.crt"]);
  });

  it("say which rights are missing", async () => {
    await api.kubectl(["create", "namespace", "elsewhere"]);
    await expect(startReplica("--kubernetes-namespace=elsewhere")).rejects.toThrow(
      /Cannot use namespace "elsewhere".*forbidden/,
    );
  });
});
