export type { AgentAdapter, AgentStep, AgentTask, Launch, ResultStep, SeedFile, Verdict } from "./agentAdapter.ts";
export { AGENTS, findAgent } from "./agents.ts";
