import { randomUUID, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_MAPS, SECRETS } from "@clauderon/kube";
import { AuditVerifier } from "@clauderon/protocol/proxy";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { configMapUsage } from "../../../packages/proxy/src/cluster/configMapUsage.ts";
import { addTotals, type Totals, totalsOf } from "../../../packages/proxy/src/model/usage/addUsage.ts";
import { useApiServer } from "../../kit/apiserver/index.ts";
import {
  base64,
  CALL,
  ClusterWorld,
  HOST,
  KEY,
  NAMESPACE,
  OWN,
  PASSED,
  REFERENCE,
  type Replica,
} from "./clusterWorld.ts";

const POLL = { timeout: 20_000, interval: 20 };
/** How curl ends when its connection is cut: a part of the body is missing, or an error of the connection or of its HTTP/2 stream. */
const CUT = [18, 56, 92];
const USED = {
  model: "claude-haiku-4-5",
  inputTokens: 1,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  cacheReadTokens: 0,
  outputTokens: 10,
};
const withCall = (totals: Totals) => addTotals(totals, new Map([["web", totalsOf(USED, "2026-12-01T00:00:00.000Z")]]));
const JOBS = { name: "jobs", key: "token" };
const { api, client } = await useApiServer();
let world: ClusterWorld;

beforeAll(async () => {
  world = await ClusterWorld.start(api, client);
});

afterAll(() => world?.stop());

describe("proxies of a namespace", () => {
  it("agree on one authority that they made, and publish it with the roots", async () => {
    const [one = "", two] = world.replicas.map(({ state }) => readFileSync(join(state, "ca.crt"), "utf8"));
    expect(two).toBe(one);
    const secret = await client.get(SECRETS, { namespace: NAMESPACE, name: "clauderon-proxy-ca" });
    expect(secret?.type).toBe("kubernetes.io/tls");
    const { data = {} } = (await client.get(CONFIG_MAPS, { namespace: NAMESPACE, name: "clauderon-proxy-ca" })) ?? {};
    expect(data["ca.crt"]).toBe(one);
    expect(data["ca-bundle.crt"]).toContain(one.trim());
    expect(data["ca-bundle.crt"]?.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50);
    expect(new X509Certificate(one).ca).toBe(true);
    expect(JSON.stringify(data)).not.toContain("PRIVATE KEY");
  });

  it("know a grant as soon as it exists, each of them, and use its credential for it", async () => {
    const user = await world.grant();
    for (const replica of world.replicas) expect(await world.confirms(replica, user)).toBe(200);
    for (const replica of world.replicas) expect(await world.ask(replica, user)).toBe(PASSED);
    expect(await world.ask(world.replica, user, "attacker.example.com")).toContain("000 403");
    const received = world.upstream.received.at(-1)?.headers;
    expect(received).toMatchObject({ "x-api-key": KEY });
  });

  it("refuse a wrong password, another principal's, and one without a grant", async () => {
    const { replica } = world;
    const [mine, theirs] = [await world.grant(), await world.grant()];
    for (const user of [
      { ...mine, password: theirs.password },
      { principal: randomUUID(), password: "x" },
    ]) {
      expect(await world.confirms(replica, user)).toBe(401);
      expect(await world.ask(replica, user)).toContain("000 407");
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
    const { replica } = world;
    const known = await world.grant();
    const user = await world.grant(wish);
    await expect.poll(() => world.confirms(replica, known), POLL).toBe(200);
    expect(await world.confirms(replica, user)).toBe(401);
    expect(replica.proxy.output()).not.toContain(KEY);
  });

  it("use a credential of another Secret while its owner's label is on it, and its next value", async () => {
    const { replica } = world;
    const user = await world.grant({ credentials: [REFERENCE] });
    const set = (labels: Readonly<Record<string, string | null>>, token: string) =>
      client.patch(
        SECRETS,
        { namespace: NAMESPACE, name: "team" },
        { metadata: { labels }, data: { token: base64(token) } },
        { fieldManager: "owner" },
      );
    const data = { token: base64(KEY) };
    await client.create(SECRETS, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: NAMESPACE, name: "team" },
      data,
    });
    expect(await world.confirms(replica, user)).toBe(200);
    const refusal = await world.ask(replica, user);
    expect(refusal).toContain("does not have the label clauderon.dev/proxy=credential");
    expect(refusal).toContain("502 200");
    await set({ "clauderon.dev/proxy": "credential" }, KEY);
    await expect.poll(() => world.ask(replica, user), POLL).toBe(PASSED);
    await set({}, `${KEY}-longer`);
    await expect.poll(() => world.ask(replica, user), POLL).toBe(`${KEY.length + 7} 200 200`);
    await set({ "clauderon.dev/proxy": null }, KEY);
    await expect.poll(() => world.ask(replica, user), POLL).toContain("502 200");
  });

  it("make the password of a grant in a ConfigMap, and follow its changes", async () => {
    const [replica, other] = world.replicas as readonly [Replica, Replica];
    await world.share("jobs", KEY);
    const principal = randomUUID();
    const name = `clauderon-grant-${principal}`;
    const write = (allow: readonly object[], credentials: readonly object[] = [{ ...REFERENCE, secretRef: JOBS }]) => {
      const grant = { principal, kind: "Run", name: "a/b", accessMode: "ReadWrite", egressMode: "Enforce", allow };
      const data = {
        "grant.json": JSON.stringify({ ...grant, credentials: ["ANTHROPIC_API_KEY"] }),
        "credentials.json": JSON.stringify(credentials),
      };
      const metadata = { namespace: NAMESPACE, name, labels: { "clauderon.dev/proxy": "grant" } };
      const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data };
      return client.apply(CONFIG_MAPS, configMap, { fieldManager: "test", force: true });
    };
    const { metadata } = await write([{ host: HOST }]);
    const secretOf = () => client.get(SECRETS, { namespace: NAMESPACE, name });
    await expect
      .poll(async () => (await secretOf())?.metadata.labels, POLL)
      .toEqual({ "clauderon.dev/proxy": "password" });
    const secret = await secretOf();
    expect(secret?.metadata.ownerReferences).toEqual([
      { apiVersion: "v1", kind: "ConfigMap", name, uid: metadata.uid },
    ]);
    const user = { principal, password: Buffer.from(secret?.data?.["password"] ?? "", "base64").toString() };
    expect(user.password.length).toBeGreaterThan(40);
    for (const each of [replica, other]) expect(await world.ask(each, user)).toBe(PASSED);
    await write([]);
    await expect.poll(() => world.ask(replica, user), POLL).toContain("000 403");
    await write([{ host: HOST }], [OWN]);
    await expect.poll(() => world.confirms(replica, user), POLL).toBe(401);
    await write([{ host: HOST }]);
    await expect.poll(() => world.ask(replica, user), POLL).toBe(PASSED);
    await client.delete(CONFIG_MAPS, { namespace: NAMESPACE, name });
    await expect.poll(() => world.confirms(replica, user), POLL).toBe(401);
  });

  it("take a grant back at once when its Secret is deleted or its password changes, and cut what is open", async () => {
    const { replica } = world;
    const user = await world.grant();
    expect(await world.ask(replica, user)).toBe(PASSED);
    const before = await world.hold(replica, user);
    const next = await world.grant({ principal: user.principal });
    expect(CUT).toContain(await before.ended);
    await expect.poll(() => world.confirms(replica, user), POLL).toBe(401);
    expect(await world.ask(replica, next)).toBe(PASSED);
    const after = await world.hold(replica, next);
    await client.delete(SECRETS, { namespace: NAMESPACE, name: user.name });
    expect(CUT).toContain(await after.ended);
    await expect.poll(() => world.confirms(replica, next), POLL).toBe(401);
    expect(await world.ask(replica, next)).toContain("000 407");
  });

  it("add up what a principal used at all of them, and a proxy that is stopped has written it", async () => {
    const third = await world.startReplica();
    const user = await world.grant();
    const replicas = [...world.replicas, third];
    await Promise.all(replicas.flatMap((replica) => [1, 2, 3].map(() => world.ask(replica, user, HOST, CALL))));
    third.proxy.signal("SIGTERM");
    await third.proxy.ended;
    const usage = async () => {
      const { data = {} } =
        (await client.get(CONFIG_MAPS, { namespace: NAMESPACE, name: "clauderon-proxy-usage" })) ?? {};
      return JSON.parse(data[user.principal] ?? "{}") as unknown;
    };
    await expect.poll(usage, POLL).toMatchObject({ calls: 9, inputTokens: 63, outputTokens: 9_000, unpricedCalls: 0 });
  });

  it("lose nothing of what another proxy writes at the same time", async () => {
    const namespace = "usage";
    await api.kubectl(["create", "namespace", namespace]);
    const another = configMapUsage(client, namespace);
    let isFirst = true;
    const apply: typeof client.apply = async (...args) => {
      if (isFirst) await another.change(withCall);
      isFirst = false;
      return await client.apply(...args);
    };
    const get: typeof client.get = (...args) => client.get(...args);
    const create: typeof client.create = (...args) => client.create(...args);
    const one = configMapUsage({ get, create, apply }, namespace);
    await one.change(withCall);
    const usage = async () => (await client.get(CONFIG_MAPS, { namespace, name: "clauderon-proxy-usage" }))?.data ?? {};
    expect(JSON.parse((await usage())["web"] ?? "")).toMatchObject({ calls: 2, outputTokens: 20 });
    await one.change(() => new Map());
    expect(await usage()).toEqual({});
  });

  it("print their decisions, chained, without a secret", async () => {
    const { replica } = world;
    const user = await world.grant();
    await world.ask(replica, user);
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
    const ref = { namespace: NAMESPACE, name: "clauderon-proxy-ca" };
    const secret = await client.get(SECRETS, ref);
    await client.patch(SECRETS, ref, { data: { "tls.key": base64("damaged") } });
    onTestFinished(async () => void (await client.patch(SECRETS, ref, { data: secret?.data })));
    await expect(world.startReplica()).rejects.toThrow(
      `The proxy's authority in the Secret ${NAMESPACE}/clauderon-proxy-ca is damaged`,
    );
    expect((await client.get(SECRETS, ref))?.data?.["tls.crt"]).toBe(secret?.data?.["tls.crt"]);
  });

  it("say which rights are missing", async () => {
    await api.kubectl(["create", "namespace", "elsewhere"]);
    await expect(world.startReplica("--kubernetes-namespace=elsewhere")).rejects.toThrow(
      /Cannot use namespace "elsewhere".*forbidden/,
    );
  });
});
