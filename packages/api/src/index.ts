export { CONDITIONS, FIELD_MANAGER, FINALIZER, LABELS, MANAGED_BY, type Reason, REASONS } from "./constants.ts";
export { API_VERSION, GROUP, VERSION } from "./group.ts";
export { AGENT_AUTHS, type AgentAuth } from "./kinds/agentAuth.ts";
export {
  AGENT_JOBS,
  type AgentJob,
  type AgentJobPhase,
  type AgentJobSpec,
  type AgentJobStatus,
  type RunStatus,
} from "./kinds/agentJob.ts";
export { MAX_RUN_TEXT, MAX_RUNS, PHASES, RUN_PHASES } from "./kinds/agentJobStatus.ts";
export { AGENT_ROLES, type AgentRole } from "./kinds/agentRole.ts";
export { AGENT_RUNTIMES, type AgentRuntime } from "./kinds/agentRuntime.ts";
export { AGENT_SKILLS, type AgentSkill } from "./kinds/agentSkill.ts";
export { CLUSTER_ACCESSES, type ClusterAccess } from "./kinds/clusterAccess.ts";
export type { Kind, PrinterColumn } from "./kinds/kind.ts";
export { KINDS } from "./kinds/kinds.ts";
export { MCP_SERVERS, type McpServer } from "./kinds/mcpServer.ts";
export { REPOSITORIES, type Repository } from "./kinds/repository.ts";
export { agentPodTemplate } from "./pod/agentPodTemplate.ts";
export { clusterWords } from "./pod/clusterWords.ts";
export { AGENT_CONTAINER } from "./pod/lockedDown.ts";
export { isStartError, podLoss, type PodTrouble, podTrouble } from "./pod/podTrouble.ts";
export {
  SESSION_ANNOTATION,
  SESSION_CREATOR_ANNOTATION,
  SESSION_LABELS,
  SESSION_MANAGER,
  SESSION_RECORD_ANNOTATION,
  SESSION_SELECTOR,
  sessionLabels,
  sessionObjectName,
} from "./pod/sessionNames.ts";
export { SESSION_CA_FILE, SESSION_PATHS } from "./pod/sessionPaths.ts";
export { type SessionPodOptions, sessionPod } from "./pod/sessionPod.ts";
export type { SessionLimits } from "./pod/sessionResources.ts";
export { childLabels, childNames } from "./run/childNames.ts";
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
