import { describe, expect, it } from "vitest";
import { type Changes, clusterAccess, mcpServer, repository, resolvedJob, skill } from "./resolvedAgentJob.fixture.ts";
import { runInputsHash } from "./runInputsHash.ts";

const token = { tokenSecretRef: { name: "github", key: "token" } };

const DECIDES: Readonly<Record<string, Changes>> = {
  prompt: { job: { prompt: "Other." } },
  instructions: { job: { instructions: "Be brief." } },
  model: { job: { model: "opus" } },
  resources: { job: { resources: { limits: { memory: "1Gi" } } } },
  "resources, another amount": { job: { resources: { limits: { memory: "2Gi" } } } },
  env: { job: { env: [{ name: "A", value: "1" }] } },
  "env, another value": { job: { env: [{ name: "A", value: "2" }] } },
  envFrom: { job: { envFrom: [{ secretRef: { name: "s" } }] } },
  timeoutSeconds: { job: { timeoutSeconds: 60 } },
  persist: { job: { persist: true } },
  "the role's tools": { role: { allowedTools: ["Bash"] } },
  "the runtime's image": { runtime: { image: "other" } },
  "the runtime's command": { runtime: { command: ["run"] } },
  "the runtime's command, an empty word more": { runtime: { command: ["run", ""] } },
  "the runtime's authEnvVar": { runtime: { authEnvVar: "KEY" } },
  "the runtime's configPath": { runtime: { configPath: "/c" } },
  "the runtime's persistPath": { runtime: { persistPath: "/p" } },
  "the runtime's imagePullPolicy": { runtime: { imagePullPolicy: "Always" } },
  "the runtime's imagePullSecrets": { runtime: { imagePullSecrets: [{ name: "pull" }] } },
  "the credential's Secret": { auth: { secretRef: { name: "other", key: "token" } } },
  "the credential's key": { auth: { secretRef: { name: "claude", key: "other" } } },
  "who sends the credential": { auth: { delivery: "Proxy" } },
  skill: { rest: { skill: skill() } },
  "skill, another ref": { rest: { skill: skill({ ref: "v2" }) } },
  "an MCP server": { rest: { mcpServers: [mcpServer("m", { url: "https://m.test/" })] } },
  "a repository": { rest: { repositories: [repository("r")] } },
  "a repository's ref": { rest: { repositories: [repository("r", { ref: "next" })] } },
  "a repository's token": { rest: { repositories: [repository("r", token)] } },
  "which repository has the token": { rest: { repositories: [repository("q", token), repository("r")] } },
  "which other repository has the token": { rest: { repositories: [repository("q"), repository("r", token)] } },
  "access to the cluster": { rest: { clusterAccess: clusterAccess() } },
};

const DOES_NOT_DECIDE: Readonly<Record<string, Changes>> = {
  schedule: { job: { schedule: "@daily" } },
  timezone: { job: { timezone: "Europe/Paris" } },
  suspend: { job: { suspend: true } },
  "the size of the volume": { job: { persistence: { size: "5Gi" } } },
  "the name of a reference": { job: { runtimeRef: "renamed", authRef: "renamed", roleRef: "renamed" } },
  "what the proxy allows": { job: { egress: { mode: "Record", accessMode: "ReadWrite", allow: ["example.com"] } } },
  "the address of the proxy": { rest: { proxyAddress: "10.96.0.7" } },
  "the usual delivery": { auth: { delivery: "Env" } },
  "empty lists": { job: { env: [], envFrom: [], mcpServerRefs: [] }, runtime: { command: [], imagePullSecrets: [] } },
  "empty objects": { job: { resources: {} } },
  "empty texts": { job: { instructions: "" } },
};

describe("runInputsHash", () => {
  it("is ten hexadecimal digits, the same for the same inputs", () => {
    expect(runInputsHash(resolvedJob())).toMatch(/^[0-9a-f]{10}$/);
    expect(runInputsHash(resolvedJob())).toBe(runInputsHash(resolvedJob()));
  });

  it("never changes for a job of an earlier release: finished one-shots would run again", () => {
    expect(runInputsHash(resolvedJob())).toBe("0db80c35bf");
    const rest = { skill: skill(), repositories: [repository("r", token)], clusterAccess: clusterAccess() };
    expect(runInputsHash(resolvedJob({ job: { persist: true, timeoutSeconds: 60 }, rest }))).toBe("decfe61cdc");
  });

  it("differs for every input that decides what a run does", () => {
    const hashes = new Map(
      Object.entries(DECIDES).map(([name, changes]) => [runInputsHash(resolvedJob(changes)), name]),
    );
    hashes.set(runInputsHash(resolvedJob()), "unchanged");
    expect([...hashes.values()].toSorted()).toEqual([...Object.keys(DECIDES), "unchanged"].toSorted());
  });

  it.each(Object.entries(DOES_NOT_DECIDE))("ignores %s", (_name, changes) => {
    expect(runInputsHash(resolvedJob(changes))).toBe(runInputsHash(resolvedJob()));
  });

  it("ignores the rules of the ClusterAccess, because they apply to running jobs", () => {
    const [one, other] = [["get"], ["get", "list"]].map((verbs) =>
      resolvedJob({ rest: { clusterAccess: clusterAccess(verbs) } }),
    );
    expect(one && runInputsHash(one)).toBe(other && runInputsHash(other));
  });

  it("changes when anything that a known job refers to is replaced", () => {
    const { job } = resolvedJob();
    const hashes = Object.entries(DECIDES).flatMap(([, changes]) => {
      if (changes.job !== undefined) return [];
      const changed = { ...resolvedJob(changes), job };
      return [[runInputsHash({ ...resolvedJob(), job }), runInputsHash(changed), runInputsHash(resolvedJob(changes))]];
    });
    expect(hashes.length).toBeGreaterThan(10);
    for (const [before, after, fresh] of hashes) {
      expect(after).not.toBe(before);
      expect(after).toBe(fresh);
    }
  });

  it("ignores unknown fields, so a new field with a default changes nothing", () => {
    const later = { runtime: { laterField: "default" }, job: { laterField: 1 }, auth: { laterField: 1 } } as Changes;
    expect(runInputsHash(resolvedJob(later))).toBe(runInputsHash(resolvedJob()));
  });
});
