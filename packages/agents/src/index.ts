export type { AgentAdapter, AgentStep, AgentTask, Launch, ResultStep, SeedFile, Verdict } from "./agentAdapter.ts";
export { HEADLESS_AGENTS, findAgent, findInteractiveAgent } from "./agents.ts";
export {
  type AgentEvent,
  type AgentLimits,
  EVENTS_VARIABLE,
  type InteractiveAgent,
  type InteractiveLaunch,
  type InteractiveTask,
} from "./interactiveAgent.ts";
