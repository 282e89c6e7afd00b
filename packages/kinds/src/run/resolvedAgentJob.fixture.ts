import type { ResolvedAgentJob } from "./resolvedAgentJob.ts";

type Spec<Name extends "job" | "runtime" | "auth" | "role"> = Partial<ResolvedAgentJob[Name]["spec"]>;

/** Changes to the smallest resolved AgentJob. */
export interface Changes {
  readonly job?: Spec<"job">;
  readonly runtime?: Spec<"runtime">;
  readonly auth?: Spec<"auth">;
  readonly role?: Spec<"role">;
  readonly rest?: Partial<
    Pick<ResolvedAgentJob, "skill" | "mcpServers" | "repositories" | "clusterAccess" | "proxyAddress">
  >;
}

const API_OBJECT = { apiVersion: "thurkube.thurbeen.eu/v1alpha1" } as const;

const namespace = "agents";

/** The smallest AgentJob as the API server returns it, with changes. */
export function resolvedJob(changes: Changes = {}): ResolvedAgentJob {
  const metadata = { name: "summarize", namespace, uid: "6f1f3a5c-0000-4000-8000-000000000001", generation: 1 };
  return {
    job: { ...API_OBJECT, kind: "AgentJob", metadata, spec: { ...JOB, ...changes.job } },
    runtime: { ...object("AgentRuntime", "claude-code"), spec: { ...RUNTIME, ...changes.runtime } },
    auth: { ...object("AgentAuth", "oauth"), spec: { secretRef: { name: "claude", key: "token" }, ...changes.auth } },
    role: { ...object("AgentRole", "read-only"), spec: { allowedTools: ["Read"], ...changes.role } },
    mcpServers: [],
    repositories: [],
    ...changes.rest,
  };
}

/** A repository, by default without token. */
export function repository(
  name: string,
  spec: Partial<ResolvedAgentJob["repositories"][number]["spec"]> = {},
): ResolvedAgentJob["repositories"][number] {
  return { ...object("Repository", name), spec: { owner: "thurbeen", name, ...spec } };
}

/** The skill of the examples. */
export function skill(spec: Partial<NonNullable<ResolvedAgentJob["skill"]>["spec"]> = {}) {
  return { ...object("AgentSkill", "pdf"), spec: { repo: "anthropics/skills", name: "pdf", ref: "main", ...spec } };
}

/** An MCP server. */
export function mcpServer(name: string, spec: ResolvedAgentJob["mcpServers"][number]["spec"]) {
  return { ...object("McpServer", name), spec };
}

/** Read access to pods. */
export function clusterAccess(verbs: string[] = ["get"]) {
  return { ...object("ClusterAccess", "reader"), spec: { rules: [{ apiGroups: [""], resources: ["pods"], verbs }] } };
}

const JOB: ResolvedAgentJob["job"]["spec"] = {
  timezone: "Etc/UTC",
  suspend: false,
  runtimeRef: "claude-code",
  authRef: "oauth",
  roleRef: "read-only",
  prompt: "Summarize today's incoming issues.",
  timeoutSeconds: 3600,
  persist: false,
};

const RUNTIME: ResolvedAgentJob["runtime"]["spec"] = {
  image: "localhost/clauderon-agent:dev",
  authEnvVar: "CLAUDE_CODE_OAUTH_TOKEN",
  configPath: "/etc/claude-code-job",
  persistPath: "/var/lib/claude-code-job",
};

function object(kind: string, name: string) {
  return { ...API_OBJECT, kind, metadata: { name, namespace } };
}
