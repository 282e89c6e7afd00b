export { AGENT_CONFIG_FILE, type AgentConfig, agentConfigSchema, parseAgentConfig } from "./agentConfig.ts";
export { RUN_ENV, RUN_EXIT } from "./runEnvironment.ts";
export {
  cleanText,
  formatRunSummary,
  parseRunSummary,
  RUN_FAILURES,
  RUN_OUTCOMES,
  type RunFailure,
  type RunSummary,
  runSummarySchema,
  TERMINATION_MESSAGE_BYTES,
} from "./runSummary.ts";
