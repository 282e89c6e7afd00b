import { parseGrant, parseGrantCredentials } from "@clauderon/protocol/proxy";
import { describe, expect, it } from "vitest";
import {
  type Changes,
  mcpServer,
  repository,
  resolvedJob,
  skill,
} from "../../../../kinds/src/run/resolvedAgentJob.fixture.ts";
import { deliveryProblem, grantMap } from "./grant.ts";

const UID = "6f1f3a5c-0000-4000-8000-000000000001";
const token = { tokenSecretRef: { name: "github", key: "pat" } };
const PROXIED: Changes = { auth: { delivery: "Proxy" }, rest: { proxyAddress: "10.96.0.7" } };

/** The grant and its credentials as the proxy reads them, with its own hash of the password. */
function read(changes: Changes) {
  const map = grantMap(resolvedJob({ ...PROXIED, ...changes }), undefined);
  const { "grant.json": grant = "{}", "credentials.json": credentials = "" } = map?.data ?? {};
  const whole = { ...(JSON.parse(grant) as object), tokenHash: "0".repeat(64) };
  return { map, grant: parseGrant(JSON.stringify(whole)), credentials: parseGrantCredentials(credentials) };
}

const hosts = (changes: Changes) =>
  read(changes).grant.allow.map(({ host, ports, origin }) => `${origin} ${host} ${ports.join()}`);

describe("grantMap", () => {
  it("is what the proxy reads, labelled, owned by the AgentJob, with the hosts of the model alone", () => {
    const { map, grant, credentials } = read({});
    expect(map?.metadata).toMatchObject({
      name: `clauderon-grant-${UID}`,
      labels: { "clauderon.dev/proxy": "grant", "thurkube.thurbeen.eu/agentjob": "summarize" },
      ownerReferences: [{ kind: "AgentJob", uid: UID }],
    });
    expect(grant).toMatchObject({
      principal: UID,
      kind: "Run",
      name: "agents/summarize",
      accessMode: "ReadWrite",
      egressMode: "Enforce",
      presets: [],
      credentials: ["CLAUDE_CODE_OAUTH_TOKEN"],
    });
    expect(credentials).toEqual([
      { name: "CLAUDE_CODE_OAUTH_TOKEN", service: "anthropic-oauth", secretRef: { name: "claude", key: "token" } },
    ]);
    expect(hosts({})).toEqual(["agent api.anthropic.com 443"]);
  });

  it("allows what the AgentJob lists, and the hosts of its McpServers that have names", () => {
    const egress = {
      mode: "Record" as const,
      accessMode: "ReadOnly" as const,
      allow: ["*.example.com"],
      presets: ["npm" as const],
      tcp: ["db.example.com:5432"],
    };
    const mcpServers = ["https://mcp.test/x", "https://mcp.test:8443", "http://plain.test", "https://10.0.0.1/"].map(
      (url, index) => mcpServer(`m${index}`, { url }),
    );
    const changes = {
      job: { egress },
      rest: { ...PROXIED.rest, mcpServers: [...mcpServers, mcpServer("c", { command: "x" })] },
    };
    expect(hosts(changes)).toEqual([
      "agent api.anthropic.com 443",
      "mcp mcp.test 443",
      "mcp mcp.test 8443",
      "user *.example.com 443",
    ]);
    expect(read(changes).grant).toMatchObject({
      egressMode: "Record",
      accessMode: "ReadOnly",
      presets: ["npm"],
      tcp: ["db.example.com:5432"],
    });
  });

  it("allows the git host of repositories and skills, with a credential and a placeholder for each token", () => {
    const repositories = [repository("a", token), repository("b")];
    const { map, grant, credentials } = read({ rest: { ...PROXIED.rest, repositories } });
    expect(grant.presets).toEqual(["github"]);
    expect(credentials.slice(1)).toEqual([{ name: "git-a", service: "github", secretRef: token.tokenSecretRef }]);
    expect(map?.data?.["git-a"]).toMatch(/^ghp_clauderon/);
    expect(map?.data).not.toHaveProperty("git-b");
    expect(read({ rest: { ...PROXIED.rest, skill: skill() } }).grant.presets).toEqual(["github"]);
  });

  it("is not there without a proxy, and has no effect on an AgentJob that had one", () => {
    const without = resolvedJob();
    expect(grantMap(without, undefined)).toBeUndefined();
    const left = grantMap(without, read({}).map);
    expect(left?.metadata.labels).not.toHaveProperty("clauderon.dev/proxy");
    expect(left?.data).toEqual({});
  });
});

const problem = (changes: Changes) => deliveryProblem(resolvedJob(changes));

describe("deliveryProblem", () => {
  it("is nothing for a job with a proxy, and for one that wants none", () => {
    expect(problem(PROXIED)).toBeUndefined();
    expect(problem({})).toBeUndefined();
  });

  it("says how to install a proxy that is missing", () => {
    expect(problem({ auth: { delivery: "Proxy" } })).toMatchObject({
      reason: "ProxyNotFound",
      message: expect.stringContaining("helm install clauderon charts/clauderon --namespace agents"),
    });
  });

  it("names a credential that the proxy cannot send", () => {
    expect(problem({ ...PROXIED, runtime: { authEnvVar: "MY_TOKEN" } })).toMatchObject({
      reason: "DeliveryNotSupported",
      message: expect.stringContaining("no service that takes MY_TOKEN"),
    });
  });

  it("names what the proxy would not accept, which would leave the run without a grant", () => {
    const egress = { mode: "Enforce" as const, accessMode: "ReadWrite" as const, tcp: ["db.example.com:99999"] };
    expect(problem({ ...PROXIED, job: { egress } })).toMatchObject({
      reason: "DeliveryNotSupported",
      message: expect.stringMatching(/tcp.0 must be HOST:PORT/),
    });
  });

  it("refuses egress for a credential that is in the pod", () => {
    const egress = { mode: "Enforce" as const, accessMode: "ReadWrite" as const };
    expect(problem({ job: { egress } })).toMatchObject({
      reason: "DeliveryNotSupported",
      message: expect.stringContaining("Set delivery: Proxy"),
    });
  });
});
