export { AGENT_CONFIG_FILE, type AgentConfig, agentConfigSchema, parseAgentConfig } from "./agentConfig.ts";
export { RUN_ENV } from "./runEnvironment.ts";
export {
  formatRunSummary,
  parseRunSummary,
  RUN_FAILURES,
  RUN_OUTCOMES,
  type RunFailure,
  type RunSummary,
  runSummarySchema,
  TERMINATION_MESSAGE_BYTES,
} from "./runSummary.ts";
export { type AgentGit } from "./session/agentGit.ts";
export {
  type ErrorBody,
  apiErrorSchema,
  type CredentialList,
  credentialListSchema,
  type DaemonEvent,
  daemonEventSchema,
  type Deleted,
  deletedSchema,
  deleteSessionSchema,
  type Health,
  healthSchema,
  type Pulled,
  pulledSchema,
  type Pushed,
  pushedSchema,
  type Reconciled,
  reconciledSchema,
  reconcileSchema,
  sendPromptSchema,
  sessionListSchema,
  setCredentialSchema,
} from "./session/daemonApi.ts";
export { credentialNameSchema } from "./session/credentialName.ts";
export { inheritedVariables } from "./session/inheritedVariables.ts";
export { INCOMING_REF, MAX_PROMPT_BYTES, RUNNER_PROMPT_FILE, WORK_REF } from "./session/limits.ts";
export { type RunnerSession, runnerSessionSchema } from "./session/runnerSession.ts";
export {
  accessModeSchema,
  allowHostSchema,
  allowedHostSchema,
  type EgressReport,
  egressReportSchema,
  type EgressSuggestion,
  egressSuggestionSchema,
  type SessionEgress,
  type UsageList,
  usageListSchema,
} from "./session/sessionEgress.ts";
export { type SocketOwner } from "./session/socketPath.ts";
export { ACCESS_MODES } from "./session/accessMode.ts";
export {
  ACTIVITIES,
  type Activity,
  AGENTS,
  type Backend,
  BACKENDS,
  type CreateSession,
  createSessionSchema,
  PERMISSION_MODES,
  promptSchema,
  type Session,
  SESSION_PHASES,
  sessionNameSchema,
  type SessionPhase,
  sessionSchema,
  type SessionSpec,
  sessionSpecSchema,
  type SessionStatus,
  sessionStatusSchema,
} from "./session/session.ts";
export { sessionVariablesSchema, variablesProblem } from "./session/sessionVariables.ts";
export {
  type ClientMessage,
  clientMessageSchema,
  type Forwarding,
  type Refusal,
  type RunnerMessage,
  runnerMessageSchema,
  type RunnerStatus,
  runnerStatusSchema,
} from "./stream/messages.ts";
export { type ClientControl, readClientMessage, readRunnerMessage, type UnknownMessage } from "./stream/readMessage.ts";
export * from "./wire.ts";
