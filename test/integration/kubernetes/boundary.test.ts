import { createHash } from "node:crypto";
import { Secret } from "@clauderon/base";
import { CONFIG_MAPS, PODS, SECRETS } from "@clauderon/kube";
import { parseGrant, parseGrantCredentials } from "@clauderon/protocol/proxy";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { withUserHosts } from "../../../packages/daemon/src/egress/model/sessionGrant.ts";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { contextOf, daemonOn, POLL, sessionNamed } from "../../kit/sessions/backendStage.ts";
import { RUNNING, setPodStatus } from "./podState.ts";

const { api, client } = await useApiServer({ flags: ["--disable-admission-plugins=StorageObjectInUseProtection"] });
const { kubeconfig } = api;
const namespace = "clauderon";
const KEY = "sk-ant-api03-the-real-key-0123456789";

beforeAll(async () => {
  for (const name of [namespace, "bare"]) await api.kubectl(["create", "namespace", name]);
  await api.kubectl(["create", "service", "clusterip", "clauderon-proxy", "--tcp=3030", "-n", namespace]);
});

const bounded = (name: string, spec: Partial<SessionRecord["spec"]> = {}) =>
  sessionNamed(name, {
    egress: { mode: "Enforce", allow: ["example.com"], presets: ["npm"], credentials: [] },
    ...spec,
  });

const userRule = (host: string) => ({ host, ports: [443], origin: "user" as const });

const decoded = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();

async function grantOf(session: SessionRecord) {
  const found = await findGrant(session);
  if (found === undefined) throw new Error(`Session "${session.name}" has no grant`);
  return found;
}

async function findGrant({ uid }: SessionRecord) {
  const secret = await client.get(SECRETS, { namespace, name: `clauderon-grant-${uid}` });
  if (secret === undefined) return undefined;
  const { data = {}, metadata } = secret;
  return {
    labels: metadata.labels,
    owner: metadata.ownerReferences?.[0]?.kind,
    grant: parseGrant(decoded(data["grant.json"])),
    credentials: parseGrantCredentials(decoded(data["credentials.json"])),
    password: decoded(data["password"]),
  };
}

/** Brings a session up, playing the kubelet for it. */
async function up(session: SessionRecord, backend = daemonOn({ kubeconfig }).backend) {
  const done = backend.bringUp(session, contextOf({ ANTHROPIC_API_KEY: KEY }, session).context);
  const ref = { namespace, name: `clauderon-${session.name}` };
  await expect.poll(async () => (await client.get(PODS, ref))?.metadata.uid, POLL).toBeDefined();
  await setPodStatus(client, namespace, ref.name, RUNNING);
  await done;
  const [pod, configMap, secret] = await Promise.all([
    client.get(PODS, ref),
    client.get(CONFIG_MAPS, ref),
    client.get(SECRETS, ref),
  ]);
  return { pod, configMap, secret };
}

describe("a session in a pod with a boundary", () => {
  it("has a grant for the proxy, and a pod that holds no credential", async () => {
    const session = bounded("web");
    const { pod, configMap, secret } = await up(session);
    const found = await grantOf(session);
    expect(found).toMatchObject({
      labels: { "clauderon.dev/proxy": "grant", session: "web" },
      owner: "PersistentVolumeClaim",
      grant: {
        principal: session.uid,
        name: "web",
        egressMode: "Enforce",
        presets: ["npm"],
        credentials: ["ANTHROPIC_API_KEY"],
        tokenHash: createHash("sha256").update(found.password).digest("hex"),
      },
      credentials: [{ name: "ANTHROPIC_API_KEY", service: "anthropic", secret: KEY }],
    });
    expect(found.grant.allow.map(({ host }) => host)).toEqual(["api.anthropic.com", "example.com"]);
    expect(found.password).toMatch(/^[\w-]{43}$/);
    expect(secret?.data ?? {}).toEqual({});
    const texts = JSON.stringify([pod, configMap, secret]);
    for (const hidden of [KEY, Buffer.from(KEY).toString("base64"), found.password])
      expect(texts).not.toContain(hidden);
    const key = { name: "ANTHROPIC_API_KEY", value: expect.stringMatching(/^sk-ant-api03-clauderon/) };
    expect(pod).toMatchObject({
      metadata: { labels: { "clauderon.dev/egress": "proxy" } },
      spec: {
        hostAliases: [{ hostnames: ["clauderon-proxy"] }],
        containers: [{ env: expect.arrayContaining([key]) }],
      },
    });
    const { variables } = JSON.parse(configMap?.data?.["session.json"] ?? "{}") as { variables: readonly string[] };
    expect(variables).toEqual(expect.arrayContaining(["HTTPS_PROXY", "CURL_CA_BUNDLE", "NODE_USE_ENV_PROXY"]));
  });

  it("keeps its password while its pod runs, whichever daemon looks after it", async () => {
    const session = bounded("kept");
    await up(session);
    const before = await grantOf(session);
    const { backend } = daemonOn({ kubeconfig });
    await backend.bringUp(session, contextOf({ ANTHROPIC_API_KEY: KEY }, session).context);
    expect(await grantOf(session)).toEqual(before);
  });

  it("gets hosts and other values of its credentials while it runs", async () => {
    const session = bounded("changed");
    await up(session);
    const { password } = await grantOf(session);
    const { boundaries } = daemonOn({ kubeconfig, sessions: [session] });
    await boundaries.change(session, (grant) => withUserHosts(grant, ["example.com", "*.example.org"]));
    boundaries.renew("ANTHROPIC_API_KEY", new Secret("sk-ant-api03-another-key-0123456789"));
    boundaries.renew("GH_TOKEN", new Secret("ghp_not_of_this_session"));
    const secretOf = async () => (await grantOf(session)).credentials;
    await expect
      .poll(secretOf, POLL)
      .toEqual([{ name: "ANTHROPIC_API_KEY", service: "anthropic", secret: "sk-ant-api03-another-key-0123456789" }]);
    const found = await grantOf(session);
    expect(found).toMatchObject({ password, labels: { "clauderon.dev/proxy": "grant" } });
    const hosts = ["agent:api.anthropic.com", "user:example.com", "user:*.example.org"];
    expect(found.grant.allow.map(({ host, origin }) => `${origin}:${host}`)).toEqual(hosts);
    const { allowed, notedProblem } = await boundaries.report(session);
    expect(notedProblem).toBeUndefined();
    expect(allowed.slice(0, 3).map(({ host, origin }) => `${origin}:${host}`)).toEqual(hosts);
  });

  it("loses no change to another one that is made at the same time", async () => {
    const session = bounded("busy");
    await up(session);
    const { backend, boundaries } = daemonOn({ kubeconfig, sessions: [session] });
    const hosts = Array.from({ length: 8 }, (_, index) => `host-${index}.example`);
    boundaries.renew("ANTHROPIC_API_KEY", new Secret("sk-ant-api03-another-key-0123456789"));
    await Promise.all([
      ...hosts.map((host) =>
        boundaries.change(session, (grant) => ({ ...grant, allow: [...grant.allow, userRule(host)] })),
      ),
      daemonOn({ kubeconfig }).boundaries.change(session, (grant) => ({ ...grant, accessMode: "ReadOnly" })),
    ]);
    const secrets = async () => (await grantOf(session)).credentials;
    await expect.poll(secrets, POLL).toMatchObject([{ secret: "sk-ant-api03-another-key-0123456789" }]);
    const { grant } = await grantOf(session);
    expect(grant.allow.map(({ host }) => host)).toEqual(expect.arrayContaining(hosts));
    expect(grant.accessMode).toBe("ReadOnly");
    const { context } = contextOf(
      { ANTHROPIC_API_KEY: "sk-ant-api03-newest-0123456789" },
      {
        ...session,
        spec: { ...session.spec, accessMode: "ReadOnly" },
      },
    );
    // Of a call that began before the user changed the session.
    await backend.bringUp(session, { ...context, credentials: new Map([["ANTHROPIC_API_KEY", new Secret(KEY)]]) });
    expect(await grantOf(session)).toMatchObject({
      grant: { accessMode: "ReadOnly" },
      credentials: [{ secret: "sk-ant-api03-newest-0123456789" }],
    });
  });

  it("reports what it used, and that the log of its proxy cannot be read", async () => {
    const session = bounded("unread");
    await up(session);
    const labels = { app: "clauderon-proxy" };
    const spec = { containers: [{ name: "proxy", image: "i" }], nodeName: "gone" };
    const metadata = { namespace, name: "clauderon-proxy-1", labels };
    await client.create(PODS, { apiVersion: "v1", kind: "Pod", metadata, spec });
    await setPodStatus(client, namespace, metadata.name, RUNNING);
    onTestFinished(async () => void (await api.kubectl(["delete", "pod", metadata.name, "-n", namespace, "--force"])));
    const used = {
      calls: 2,
      inputTokens: 1,
      cacheWriteTokens: 0,
      cacheReadTokens: 0,
      outputTokens: 5,
      costUsd: 0.25,
      unpricedCalls: 0,
      lastCallTime: "2026-12-01T00:00:00.000Z",
    };
    const data = { [session.uid]: JSON.stringify(used), other: "not JSON" };
    const name = { namespace, name: "clauderon-proxy-usage" };
    await client.create(CONFIG_MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: name, data });
    const { noted, notedProblem, allowed, usage } = await daemonOn({ kubeconfig }).boundaries.report(session);
    expect(usage).toEqual(used);
    expect({ noted, notedProblem }).toEqual({
      noted: [],
      notedProblem: expect.stringContaining("The proxy's log cannot be read: "),
    });
    expect(allowed.length).toBeGreaterThan(1);
  });

  it("has no grant and no credential at the proxy while it has no pod, and a new password with the next", async () => {
    const session = bounded("resting");
    const { backend } = daemonOn({ kubeconfig });
    await up(session, backend);
    const before = await grantOf(session);
    await backend.halt(session, contextOf().context);
    const resting = await grantOf(session);
    expect(resting.labels).not.toHaveProperty("clauderon.dev/proxy");
    expect(resting.credentials).toEqual([]);
    expect(resting.password).not.toBe(before.password);
    await up(session, backend);
    const after = await grantOf(session);
    expect(after).toMatchObject({ labels: before.labels, credentials: before.credentials });
    expect([before.password, resting.password]).not.toContain(after.password);
    await backend.remove(session, contextOf().context);
    expect(await findGrant(session)).toBeUndefined();
  });

  it("is adopted with what its user allowed since, and with the least of all without its grant", async () => {
    const session = bounded("moved");
    const { backend, boundaries } = daemonOn({ kubeconfig });
    await up(session, backend);
    await boundaries.change(session, (grant) => withUserHosts(grant, ["example.com", "later.example"]));
    const { backend: another } = daemonOn({ kubeconfig });
    const adopted = async () => (await another.adoptable([])).find(({ uid }) => uid === session.uid)?.spec;
    const allow = ["example.com", "later.example"];
    expect(await adopted()).toMatchObject({ accessMode: "ReadWrite", egress: { mode: "Enforce", allow } });
    // As after the change, by which the registry's record differs from that of the claim.
    const changed = { ...session, spec: { ...session.spec, ...(await adopted()) } };
    await backend.bringUp(changed, contextOf({ ANTHROPIC_API_KEY: KEY }, changed).context);
    expect(await adopted()).toMatchObject({ egress: { allow } });
    await client.delete(SECRETS, { namespace, name: `clauderon-grant-${session.uid}` });
    expect(await adopted()).toMatchObject({ accessMode: "ReadOnly", egress: { mode: "Enforce", allow: [] } });
  });

  it("waits for a proxy in its namespace, and says how to install one", async () => {
    const { backend } = daemonOn({ kubeconfig, namespace: "bare" });
    await expect(backend.bringUp(bounded("alone"), contextOf().context)).rejects.toMatchObject({
      code: "PROXY_UNAVAILABLE",
      message: 'There is no Service "clauderon-proxy" in namespace "bare"',
      hint: expect.stringContaining("helm install"),
    });
    expect(await client.get(PODS, { namespace: "bare", name: "clauderon-alone" })).toBeUndefined();
  });

  it("touches no Secret of somebody else", async () => {
    const session = bounded("foreign");
    const metadata = { namespace, name: `clauderon-grant-${session.uid}` };
    await client.create(SECRETS, { apiVersion: "v1", kind: "Secret", metadata, data: { a: "Yg==" } });
    const { backend } = daemonOn({ kubeconfig });
    await expect(backend.bringUp(session, contextOf().context)).rejects.toMatchObject({ code: "SESSION_EXISTS" });
    await backend.remove(session, contextOf().context);
    expect(await client.get(SECRETS, metadata)).toMatchObject({ data: { a: "Yg==" } });
  });
});
