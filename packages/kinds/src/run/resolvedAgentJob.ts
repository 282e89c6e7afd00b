import type { KubeObject } from "@clauderon/base";
import type { AgentAuth } from "../agentAuth.ts";
import type { AgentJob } from "../agentJob.ts";
import type { AgentRole } from "../agentRole.ts";
import type { AgentRuntime } from "../agentRuntime.ts";
import type { AgentSkill } from "../agentSkill.ts";
import type { ClusterAccess } from "../clusterAccess.ts";
import type { McpServer } from "../mcpServer.ts";
import type { Repository } from "../repository.ts";

/** The kinds that an AgentJob can refer to. */
interface ReferencedKinds {
  AgentRuntime: AgentRuntime;
  AgentAuth: AgentAuth;
  AgentRole: AgentRole;
  AgentSkill: AgentSkill;
  ClusterAccess: ClusterAccess;
  McpServer: McpServer;
  Repository: Repository;
}

/** A reference of an AgentJob to an object in its namespace. */
export interface AgentJobReference {
  readonly kind: keyof ReferencedKinds;
  readonly name: string;
}

/** An AgentJob with the objects it refers to. */
export interface ResolvedAgentJob {
  readonly job: AgentJob;
  readonly runtime: AgentRuntime;
  readonly auth: AgentAuth;
  readonly role: AgentRole;
  readonly skill?: AgentSkill;
  readonly mcpServers: readonly McpServer[];
  readonly repositories: readonly Repository[];
  readonly clusterAccess?: ClusterAccess;
  /** The IP address of the proxy of the namespace, for runs behind it. */
  readonly proxyAddress?: string;
}

/** Finds an object of one of the referenced kinds in the job's namespace. */
export type FindReference = (kind: AgentJobReference["kind"], name: string) => KubeObject | undefined;

/** Either the resolved AgentJob, or every missing reference. */
export type Resolution =
  | { readonly resolved: ResolvedAgentJob; readonly missing?: never }
  | { readonly resolved?: never; readonly missing: readonly AgentJobReference[] };

/** The references of an AgentJob, each once, in the order of its spec. */
export function agentJobReferences(job: AgentJob): AgentJobReference[] {
  const { spec } = job;
  return [
    { kind: "AgentRuntime", name: spec.runtimeRef },
    { kind: "AgentAuth", name: spec.authRef },
    { kind: "AgentRole", name: spec.roleRef },
    ...named("AgentSkill", [spec.skillRef]),
    ...named("ClusterAccess", [spec.clusterAccessRef]),
    ...named("McpServer", spec.mcpServerRefs),
    ...named("Repository", spec.repositoryRefs),
  ];
}

/** Resolves the references of an AgentJob. `find` must return objects of the requested kind. */
export function resolveReferences(job: AgentJob, find: FindReference): Resolution {
  const found = agentJobReferences(job).map((reference) => ({
    reference,
    object: find(reference.kind, reference.name),
  }));
  const missing = found.filter(({ object }) => object === undefined).map(({ reference }) => reference);
  if (missing.length > 0) return { missing };
  const all = <K extends keyof ReferencedKinds>(kind: K) =>
    found.flatMap(({ reference, object }) => (reference.kind === kind ? [object as ReferencedKinds[K]] : []));
  const [runtime] = all("AgentRuntime") as [AgentRuntime];
  const [auth] = all("AgentAuth") as [AgentAuth];
  const [role] = all("AgentRole") as [AgentRole];
  const [skill] = all("AgentSkill");
  const [clusterAccess] = all("ClusterAccess");
  const resolved = { job, runtime, auth, role, mcpServers: all("McpServer"), repositories: all("Repository") };
  return { resolved: { ...resolved, ...(skill && { skill }), ...(clusterAccess && { clusterAccess }) } };
}

function named(kind: keyof ReferencedKinds, names: readonly (string | undefined)[] = []): AgentJobReference[] {
  return [...new Set(names)].flatMap((name) => (name === undefined ? [] : [{ kind, name }]));
}
