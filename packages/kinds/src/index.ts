export { AGENT_AUTHS, type AgentAuth } from "./agentAuth.ts";
export {
  AGENT_JOBS,
  type AgentJob,
  type AgentJobPhase,
  type AgentJobSpec,
  type AgentJobStatus,
  type RunStatus,
} from "./agentJob.ts";
export { MAX_RUN_TEXT, MAX_RUNS, PHASES, RUN_PHASES } from "./agentJobStatus.ts";
export { AGENT_ROLES, type AgentRole } from "./agentRole.ts";
export { AGENT_RUNTIMES, type AgentRuntime } from "./agentRuntime.ts";
export { AGENT_SKILLS, type AgentSkill } from "./agentSkill.ts";
export { CLUSTER_ACCESSES, type ClusterAccess } from "./clusterAccess.ts";
export { API_VERSION, GROUP, VERSION } from "./group.ts";
export type { Kind, PrinterColumn } from "./kind.ts";
export { KINDS } from "./kinds.ts";
export { FIELD_MANAGER, FINALIZER, LABELS, MANAGED_BY, SUSPENDED_ANNOTATION } from "./labels.ts";
export { MCP_SERVERS, type McpServer } from "./mcpServer.ts";
export { CONDITIONS, type Reason, REASONS } from "./reasons.ts";
export { REPOSITORIES, type Repository } from "./repository.ts";
export { childLabels, childNames } from "./run/childNames.ts";
export { isBehindProxy, jobCredentials, jobPlaceholders, repositoryCredential } from "./run/jobCredentials.ts";
export { renderAgentConfig } from "./run/renderAgentConfig.ts";
export {
  type AgentJobReference,
  agentJobReferences,
  type FindReference,
  type Resolution,
  type ResolvedAgentJob,
  resolveReferences,
} from "./run/resolvedAgentJob.ts";
export { runInputsHash } from "./run/runInputsHash.ts";
export { crd, crds, kindSchema } from "./schema/crd.ts";
export type { StructuralSchema } from "./schema/structuralSchema.ts";
export { defaultManifest } from "./validate/defaultManifest.ts";
export type { ManifestError } from "./validate/manifestError.ts";
export { validateManifest } from "./validate/validateManifest.ts";
