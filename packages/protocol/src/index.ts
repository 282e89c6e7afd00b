export { AGENT_CONFIG_FILE, type AgentConfig, agentConfigSchema, parseAgentConfig } from "./agentConfig.ts";
export { RUN_ENV, RUN_EXIT } from "./runEnvironment.ts";
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
export {
  type ApiError,
  apiErrorSchema,
  type CredentialList,
  credentialListSchema,
  credentialNameSchema,
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
export {
  MAX_CLIENT_CONTROL_BYTES,
  readClientMessage,
  readRunnerMessage,
} from "./session/controlFrames.ts";
export { closeFrame, controlFrame } from "./session/messageFrames.ts";
export { ReceiveCredit, SendCredit } from "./session/credit.ts";
export { inheritedVariables } from "./session/inheritedVariables.ts";
export { encodeFrame, type Frame, FrameDecoder, FrameError } from "./session/frames.ts";
export {
  DAEMON_API_VERSION,
  INCOMING_REF,
  INITIAL_WINDOW_BYTES,
  MAX_FRAME_BYTES,
  MAX_PROMPT_BYTES,
  MAX_SESSION_NAME,
  RUNNER_OUTPUT_FILE,
  RUNNER_OUTPUT_FOLDER,
  RUNNER_PROMPT_FILE,
  RUNNER_SESSION_FILE,
  STREAM_PROTOCOL,
  WORK_REF,
} from "./session/limits.ts";
export { type RunnerSession, runnerSessionSchema } from "./session/runnerSession.ts";
export { type SocketOwner, socketPath } from "./session/socketPath.ts";
export {
  ACCESS_MODES,
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
  type RunnerMessage,
  runnerMessageSchema,
  type RunnerStatus,
  runnerStatusSchema,
} from "./session/streamControl.ts";
