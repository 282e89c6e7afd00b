import { describe, expect, it } from "vitest";
import { type Changes, clusterAccess, repository, resolvedJob } from "../../kinds/src/run/resolvedAgentJob.fixture.ts";
import { jobPodTemplate } from "./jobPodTemplate.ts";

const token = { tokenSecretRef: { name: "github", key: "pat" } };

function build(changes: Changes = {}) {
  const template = jobPodTemplate(resolvedJob(changes), "0123456789");
  const [container] = template.spec?.containers ?? [];
  if (template.spec === undefined || container === undefined) throw new Error("no container");
  const env = Object.fromEntries((container.env ?? []).map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
  const mounts = Object.fromEntries((container.volumeMounts ?? []).map(({ mountPath, name }) => [mountPath, name]));
  return { template, spec: template.spec, container, env, mounts };
}

describe("jobPodTemplate", () => {
  it("has one locked-down container with uid 65532", () => {
    const { spec, container } = build();
    expect(spec.containers).toHaveLength(1);
    expect(container.name).toBe("agent");
    expect(spec.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("is never started again by the kubelet, and sees no variables of Services", () => {
    expect(build().spec).toMatchObject({ restartPolicy: "Never", enableServiceLinks: false });
  });

  it("reports its last log lines when it wrote no summary", () => {
    expect(build().container.terminationMessagePolicy).toBe("File");
  });

  it("carries the labels of its job and the hash of the run", () => {
    expect(build().template.metadata?.labels).toEqual({
      "app.kubernetes.io/managed-by": "thurkube",
      "thurkube.thurbeen.eu/agentjob": "summarize",
      "thurkube.thurbeen.eu/agentjob-namespace": "agents",
      "thurkube.thurbeen.eu/owner-uid": "6f1f3a5c-0000-4000-8000-000000000001",
      "thurkube.thurbeen.eu/config-hash": "0123456789",
    });
  });

  it("holds placeholders and the proxy's variables behind a proxy, and no reference to a credential", () => {
    const { template, env, spec, mounts } = build({
      auth: { delivery: "Proxy" },
      job: { env: [{ name: "HTTPS_PROXY", value: "http://elsewhere" }] },
      rest: { repositories: [repository("a", token), repository("b")], proxyAddress: "10.96.0.7" },
    });
    expect(JSON.stringify(template)).not.toMatch(/"claude"|"github"/);
    expect(env["CLAUDE_CODE_OAUTH_TOKEN"]).toMatch(/^sk-ant-oat01-clauderon/);
    expect(env["HTTPS_PROXY"]).toMatch(/@clauderon-proxy:3030$/);
    expect(env["CLAUDERON_PROXY"]).toBe("http://clauderon-proxy:3030");
    expect(template.metadata?.labels).toMatchObject({ "clauderon.dev/egress": "proxy" });
    expect(spec).toMatchObject({ dnsPolicy: "None", hostAliases: [{ ip: "10.96.0.7" }] });
    expect(mounts).toMatchObject({ "/etc/clauderon-proxy": "proxy-certificates" });
    const grant = "clauderon-grant-6f1f3a5c-0000-4000-8000-000000000001";
    const items = [{ key: "git-a", path: "a/token", mode: 0o440 }];
    expect(spec.volumes?.find(({ name }) => name === "git-tokens")?.projected?.sources).toEqual([
      { configMap: { name: grant, items } },
    ]);
  });

  it("has a service account token only with a ClusterAccess", () => {
    expect(build().spec).toMatchObject({ automountServiceAccountToken: false });
    expect(build().spec).not.toHaveProperty("serviceAccountName");
    expect(build({ rest: { clusterAccess: clusterAccess() } }).spec).toMatchObject({
      automountServiceAccountToken: true,
      serviceAccountName: "summarize-runner",
    });
  });

  it("takes image, command, pull policy and pull secrets from the runtime, and leaves out unset ones", () => {
    const runtime = { command: ["run"], imagePullPolicy: "Never", imagePullSecrets: [{ name: "pull" }] } as const;
    const { spec, container } = build({
      runtime: { ...runtime, command: ["run"], imagePullSecrets: [{ name: "pull" }] },
    });
    expect(container).toMatchObject({
      image: "localhost/clauderon-agent:dev",
      command: ["run"],
      imagePullPolicy: "Never",
    });
    expect(spec.imagePullSecrets).toEqual([{ name: "pull" }]);
    expect(Object.keys(build().container)).not.toContain("command");
    expect(container).not.toHaveProperty("args");
  });

  it("writes resources in the API server's own form", () => {
    const { container } = build({ job: { resources: { limits: { cpu: 2, memory: "4Gi" } } } });
    expect(container.resources).toEqual({ limits: { cpu: "2", memory: "4Gi" } });
  });
});

describe("jobPodTemplate's volumes", () => {
  it("are the configuration, read-only, and scratch folders", () => {
    const { spec, container, mounts } = build();
    expect(mounts).toEqual({
      "/etc/claude-code-job": "config",
      "/tmp": "tmp",
      "/home/agent": "home",
      "/workspace": "workspace",
    });
    expect(container.volumeMounts?.filter(({ readOnly }) => readOnly).map(({ name }) => name)).toEqual(["config"]);
    expect(spec.volumes?.[0]).toEqual({
      name: "config",
      configMap: { name: "summarize-config", items: [{ key: "agent.json", path: "agent.json" }] },
    });
  });

  it("with persist: the claim at the runtime's persistPath, with the workspace on it", () => {
    const { spec, mounts, env } = build({ job: { persist: true } });
    expect(mounts).toMatchObject({ "/var/lib/claude-code-job": "data" });
    expect(mounts).not.toHaveProperty("/workspace");
    expect(spec.volumes).toContainEqual({ name: "data", persistentVolumeClaim: { claimName: "summarize-data" } });
    expect(env).toMatchObject({
      THURKUBE_WORKSPACE: "/var/lib/claude-code-job/workspace",
      THURKUBE_PERSIST_PATH: "/var/lib/claude-code-job",
    });
  });

  it.each(["/home/agent", "/tmp/"])("mounts nothing else where the runtime keeps its own: %s", (persistPath) => {
    const { container } = build({ job: { persist: true }, runtime: { persistPath } });
    const paths = container.volumeMounts?.map(({ mountPath }) => mountPath.replace(/\/$/, ""));
    expect(paths).toHaveLength(new Set(paths).size);
    expect(container.volumeMounts).toContainEqual({ name: "data", mountPath: persistPath });
  });

  it("have a repository's token as a file that only the agent's group can read, and no variable contains it", () => {
    const { spec, container, env, mounts } = build({
      rest: { repositories: [repository("site", token), repository("open")] },
    });
    expect(mounts).toMatchObject({ "/var/run/thurkube/git": "git-tokens" });
    expect(container.volumeMounts).toContainEqual({
      name: "git-tokens",
      mountPath: "/var/run/thurkube/git",
      readOnly: true,
    });
    expect(spec.volumes).toContainEqual({
      name: "git-tokens",
      projected: {
        defaultMode: 0o440,
        sources: [{ secret: { name: "github", items: [{ key: "pat", path: "site/token", mode: 0o440 }] } }],
      },
    });
    expect(env).toMatchObject({ THURKUBE_GIT_TOKENS: "/var/run/thurkube/git" });
    expect(JSON.stringify(container.env)).not.toContain("github");
  });

  it("have no token folder without a token", () => {
    const { mounts, env } = build({ rest: { repositories: [repository("open")] } });
    expect(Object.values(mounts)).not.toContain("git-tokens");
    expect(env).not.toHaveProperty("THURKUBE_GIT_TOKENS");
  });
});

describe("jobPodTemplate's environment", () => {
  it("tells the runner its paths, and has the credential from its Secret", () => {
    expect(build().env).toEqual({
      HOME: "/home/agent",
      THURKUBE_WORKSPACE: "/workspace",
      THURKUBE_TIMEOUT_SECONDS: "3585",
      THURKUBE_CONFIG_PATH: "/etc/claude-code-job",
      THURKUBE_AUTH_ENV_VAR: "CLAUDE_CODE_OAUTH_TOKEN",
      CLAUDE_CODE_OAUTH_TOKEN: { secretKeyRef: { name: "claude", key: "token" } },
    });
  });

  it("lets a job replace HOME and the workspace, but not credential, configuration and tokens", () => {
    const names = [
      "HOME",
      "THURKUBE_WORKSPACE",
      "THURKUBE_CONFIG_PATH",
      "THURKUBE_PERSIST_PATH",
      "THURKUBE_GIT_TOKENS",
      "THURKUBE_AUTH_ENV_VAR",
      "CLAUDE_CODE_OAUTH_TOKEN",
    ];
    const env = names.map((name) => ({ name, value: "mine" }));
    const built = build({ job: { env, persist: true }, rest: { repositories: [repository("site", token)] } });
    expect(Object.keys(built.env).filter((name) => built.env[name] === "mine")).toEqual(["HOME", "THURKUBE_WORKSPACE"]);
  });

  it("has each name once, the last one given, because server-side apply refuses doubles", () => {
    const env = ["1", "2"].map((value) => ({ name: "A", value }));
    const { container } = build({ job: { env } });
    expect(container.env?.filter(({ name }) => name === "A")).toEqual([{ name: "A", value: "2" }]);
  });

  it("names the variables whose values the runner redacts", () => {
    const secretKeyRef = { name: "s", key: "k" };
    const env = [
      { name: "DB", valueFrom: { secretKeyRef } },
      { name: "MODE", value: "x" },
      { name: "API", valueFrom: { secretKeyRef } },
    ];
    expect(build({ job: { env } }).env).toMatchObject({ THURKUBE_SECRET_VARIABLES: "DB,API" });
  });

  it.each([
    [3600, "3585"],
    [60, "54"],
    [1, "1"],
  ])("leaves the runner time to report before a limit of %i s: %s s", (timeoutSeconds, seconds) => {
    expect(build({ job: { timeoutSeconds } }).env).toMatchObject({ THURKUBE_TIMEOUT_SECONDS: seconds });
  });

  it("passes core EnvVar and EnvFromSource through", () => {
    const env = [
      { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "MEM", valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: 1 } } },
    ];
    const envFrom = [{ prefix: "X_", configMapRef: { name: "cm" } }];
    const { container } = build({ job: { env, envFrom } });
    expect(container.envFrom).toEqual(envFrom);
    expect(container.env).toContainEqual(env[0]);
    expect(container.env).toContainEqual({
      name: "MEM",
      valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: "1" } },
    });
  });
});
